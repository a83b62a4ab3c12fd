import CCairo

/// Widths as Cairo sets the text, without hinting, so that they are the same at every scale and in every format.
struct CairoFontMetrics: FontMetrics {
  func width(of text: String, _ font: Font) -> Double {
    let surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
    let context = cairo_create(surface)
    defer {
      cairo_destroy(context)
      cairo_surface_destroy(surface)
    }
    CairoText.select(font, in: context)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, CairoText.printable(text), &extents)
    return extents.x_advance
  }
}

/// How text is set with Cairo; measuring and drawing share it.
enum CairoText {
  static func select(_ font: Font, in context: OpaquePointer?) {
    let weight = font.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
    // Where this family is missing, fontconfig takes the system's sans-serif.
    cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, weight)
    cairo_set_font_size(context, font.size)
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
  }

  /// The text without line breaks and other control characters, which have no glyphs.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
