/// Numbers of lines by their places in a text, as an editor counts them. A line ends in `\n`, `\r\n` or `\r`.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// The line of the first character at or after `place` that ends no line, counted from 1. Places must not descend.
    pub fn of(&mut self, place: usize) -> u64 {
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            if self.at >= place && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            let ends = byte == b'\n' || byte == b'\r' && self.bytes.get(self.at + 1) != Some(&b'\n');
            self.line += u64::from(ends);
            self.at += 1;
        }
        self.line
    }
}
