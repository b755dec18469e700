/// How images are divided into blocks, which fill them.
#[derive(Clone, Copy)]
pub(super) struct Blocks {
    /// Columns of an image.
    pub columns: usize,
    /// Rows and columns of a block.
    pub size: usize,
    /// Bytes of a pixel.
    pub bytes: usize,
}

impl Blocks {
    /// The mean over each block of images that follow each other. Blocks fill images, so rows of blocks need not be told apart by
    /// the image that they are of.
    pub fn means(self, images: &[u8], number: impl Fn(&[u8]) -> f64) -> Vec<f64> {
        let Self { columns, size, bytes } = self;
        let pixels = (size * size) as f64;
        let mut means = Vec::with_capacity(images.len() / (size * size * bytes));
        let mut sums = vec![0.0; columns / size];
        for rows in images.chunks_exact(columns * size * bytes) {
            sums.fill(0.0);
            for row in rows.chunks_exact(columns * bytes) {
                for (sum, block) in sums.iter_mut().zip(row.chunks_exact(size * bytes)) {
                    *sum += block.chunks_exact(bytes).map(&number).sum::<f64>();
                }
            }
            means.extend(sums.iter().map(|sum| sum / pixels));
        }
        means
    }
}
