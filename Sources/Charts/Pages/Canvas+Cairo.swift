import CCairo

extension Canvas {
  /// The page as a file of a format; the same page always gives the same bytes with the same Cairo and fonts.
  ///
  /// - Throws: ``ChartError``
  func encoded(as format: FigureFormat, scale: Double) throws(ChartError) -> [UInt8] {
    let largest = 32_000.0
    let pixels = (format == .png ? scale : 1) * magnification
    guard pixels > 0, size.width * pixels >= 1, size.height * pixels >= 1, size.width * pixels <= largest,
      size.height * pixels <= largest
    else {
      throw ChartError(
        .badSize,
        "a figure of \(size.width) by \(size.height) points at scale \(scale): found a side that is empty or longer"
          + " than \(Int(largest)), expected less")
    }
    let output = CairoOutput()
    switch format {
    case .png: try writePNG(to: output, scale: scale * magnification)
    case .svg: return Array(svg().utf8)
    case .pdf: try writePDF(to: output)
    }
    return output.bytes
  }

  private func writePNG(to output: CairoOutput, scale: Double) throws(ChartError) {
    let width = Int32((size.width * scale).rounded(.up))
    let height = Int32((size.height * scale).rounded(.up))
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)
    defer { cairo_surface_destroy(surface) }
    try draw(on: surface, scale: scale)
    try check(cairo_surface_write_to_png_stream(surface, CairoOutput.write, output.closure))
  }

  private func writePDF(to output: CairoOutput) throws(ChartError) {
    let surface = cairo_pdf_surface_create_for_stream(
      CairoOutput.write, output.closure, size.width * magnification, size.height * magnification)
    defer { cairo_surface_destroy(surface) }
    // Without this the file holds the time of drawing, and no rerun gives the same bytes.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
    try draw(on: surface, scale: magnification)
  }

  /// Draws everything and finishes the surface, which for SVG and PDF is when the file is written.
  private func draw(on surface: OpaquePointer?, scale: Double) throws(ChartError) {
    let context = cairo_create(surface)
    cairo_scale(context, scale, scale)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    for command in commands {
      switch command {
      case .fill(let path, let color):
        trace(path, in: context)
        set(color, in: context)
        cairo_fill(context)
      case .stroke(let path, let pen):
        trace(path, in: context)
        set(pen.color, in: context)
        cairo_set_line_width(context, pen.width)
        cairo_set_dash(context, pen.dash, Int32(pen.dash.count), 0)
        cairo_stroke(context)
      case .text(let run):
        show(run, in: context)
      case .beginTitled, .endTitled: break
      }
    }
    let status = cairo_status(context)
    cairo_destroy(context)
    try check(status)
    cairo_surface_flush(surface)
    if cairo_surface_get_type(surface) != CAIRO_SURFACE_TYPE_IMAGE { cairo_surface_finish(surface) }
    try check(cairo_surface_status(surface))
  }

  private func trace(_ path: Path, in context: OpaquePointer?) {
    cairo_new_path(context)
    for element in path.elements {
      switch element {
      case .move(let point): cairo_move_to(context, point.x, point.y)
      case .line(let point): cairo_line_to(context, point.x, point.y)
      case .close: cairo_close_path(context)
      case .circle(let center, let radius): cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
      }
    }
  }

  private func show(_ run: TextRun, in context: OpaquePointer?) {
    cairo_save(context)
    CairoText.select(run.font, in: context)
    set(run.color, in: context)
    cairo_move_to(context, run.baseline.x, run.baseline.y)
    if run.isUpright { cairo_rotate(context, -.pi / 2) }
    cairo_show_text(context, CairoText.printable(run.text))
    cairo_restore(context)
  }

  private func set(_ color: Color, in context: OpaquePointer?) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.opacity)
  }

  private func check(_ status: cairo_status_t) throws(ChartError) {
    guard status == CAIRO_STATUS_SUCCESS else {
      throw ChartError(
        .drawing, "the figure cannot be drawn: \(String(cString: cairo_status_to_string(status)))")
    }
  }
}
