import Foundation
import Testing

@testable import Features

@Suite struct LayerLabelTests {
  @Test func layersSortAsNumbersAndThenByName() throws {
    let texts = ["11", "final", "2", "layer08.projector10", "10", "1", "layer08.projector9", "0", "-1"]
    let sorted = texts.compactMap { LayerLabel($0) }.sorted().map(\.description)
    #expect(
      sorted == ["-1", "0", "1", "2", "10", "11", "final", "layer08.projector9", "layer08.projector10"])
  }

  @Test(arguments: [
    "8", "-3", "0", "08", "+8", "final", "layer08.projector0", " 8", "8.5", "99999999999999999999",
  ])
  func aLabelKeepsItsText(text: String) throws {
    let label = try #require(LayerLabel(text))
    #expect(label.description == text)
    #expect(LayerLabel(label.description) == label)
  }

  @Test func onlyTheShortestFormIsANumber() throws {
    #expect(LayerLabel("8")?.number == 8)
    #expect(LayerLabel("8.0")?.number == 8)
    #expect(LayerLabel("08")?.number == nil)
    #expect(LayerLabel("") == nil)
  }

  @Test func aListHasNoNumberThatNoLayerHas() {
    #expect(LayerLabel.list("0-2,99999,final") == [0, 1, 2, 99_999, LayerLabel("final")!])
    for text in ["100000", "1-100000", "100000-100001", "-1", "3-1", "1,,2", ""] {
      #expect(LayerLabel.list(text) == nil, "\(text)")
    }
  }

  @Test func labelsCodeAsNumbersAndTexts() throws {
    let labels: [LayerLabel] = [8, try #require(LayerLabel("final"))]
    let data = try JSONEncoder().encode(labels)
    #expect(String(decoding: data, as: UTF8.self) == #"[8,"final"]"#)
    #expect(try JSONDecoder().decode([LayerLabel].self, from: data) == labels)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(LayerLabel.self, from: Data(#""""#.utf8))
    }
  }

  @Test func spacesInAListOfLayersMeanNothing() throws {
    let named = try #require(LayerLabel("final"))
    #expect(LayerLabel.list("1, 8 , final") == [LayerLabel(1), LayerLabel(8), named])
  }
}
