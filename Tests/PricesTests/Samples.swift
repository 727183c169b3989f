import Bytes
import Decimals
import Prices
import Testing

/// Short ways to values of the tests.
func decimal(_ text: String) throws -> ExactDecimal { try ExactDecimal(text) }

func symbol(_ text: String) throws -> Symbol { try #require(Symbol(text)) }

func moment(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
