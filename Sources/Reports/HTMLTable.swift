import Files

/// A table of the page.
struct HTMLTable {
  enum Cell: Hashable {
    case empty
    case text(String)
    /// A number to sort by, and as it is shown.
    case number(Double, String)

    /// As it is shown.
    var text: String {
      switch self {
      case .empty: ""
      case .text(let text), .number(_, let text): text
      }
    }
  }

  struct Column {
    let name: String
    var isNumeric = false
    /// Whether readers choose rows by its values.
    var isFilter = false
  }

  var id: String
  var caption: String
  var columns: [Column]
  var rows: [[Cell]]
  /// Whether rows can be searched.
  var hasFilter = false

  var html: String {
    let head = columns.map { column in
      "<th scope=\"col\"\(column.isNumeric ? " class=\"n\"" : "")\(column.isFilter ? " data-filter" : "")>"
        + "\(escapedMarkup(column.name))</th>"
    }
    let body = rows.map { row in "<tr>\(row.map(Self.html).joined())</tr>" }
    return Self.framed(
      id: id, caption: caption, attributes: " class=\"sortable\"\(hasFilter ? " data-search" : "")",
      """
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody>
      """)
  }

  static func html(_ cell: Cell) -> String {
    switch cell {
    case .empty: "<td></td>"
    case .text(let text): "<td>\(escapedMarkup(text))</td>"
    case .number(let value, let text):
      // Where the text is the number itself there is no need to say it twice.
      Double(text) == value
        ? "<td class=\"n\">\(escapedMarkup(text))</td>"
        : "<td class=\"n\" data-v=\"\(value)\">\(escapedMarkup(text))</td>"
    }
  }

  /// A table in a box that scrolls, also by keyboard.
  static func framed(id: String, caption: String, attributes: String = "", _ content: String) -> String {
    """
    <div class="scroll" tabindex="0" role="group" aria-labelledby="\(id)-caption">
    <table id="\(id)"\(attributes)><caption id="\(id)-caption"><span>\(escapedMarkup(caption))</span></caption>
    \(content)</table>
    </div>
    """
  }
}
