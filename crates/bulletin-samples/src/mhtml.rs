//! A page as the single file (MHTML) that a browser saves. Start with [`mhtml`].

/// The transfer encodings of the page in a single file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferEncoding {
    /// `quoted-printable`, which Chrome and Edge write.
    QuotedPrintable,
    /// `base64`.
    Base64,
    /// `8bit`: the page itself.
    EightBit,
}

impl TransferEncoding {
    /// Every encoding.
    pub const ALL: [Self; 3] = [Self::QuotedPrintable, Self::Base64, Self::EightBit];

    /// The name in the header `Content-Transfer-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
            Self::EightBit => "8bit",
        }
    }

    /// A text in this encoding.
    pub fn encode(self, text: &str) -> String {
        match self {
            Self::QuotedPrintable => quoted_printable::encode_to_str(text.replace('\n', "\r\n")),
            Self::Base64 => data_encoding::BASE64_MIME.encode(text.as_bytes()),
            Self::EightBit => text.to_owned(),
        }
    }
}

/// A page with a style sheet and an image, saved by Chrome as "Webpage, Single File".
pub fn mhtml(html: &str, encoding: TransferEncoding) -> String {
    const ADDRESS: &str = "https://travel.state.gov/content/travel/en/legal/visa-law0/visa-bulletin/x.html";
    const BOUNDARY: &str = "----MultipartBoundary--x7----";
    let page = encoding.encode(html);
    let encoding = encoding.name();
    format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: {ADDRESS}\r\nSubject: Visa Bulletin\r\n\
         Date: Mon, 5 Jan 2026 10:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\t\
         type=\"text/html\";\r\n\tboundary=\"{BOUNDARY}\"\r\n\r\n\r\n--{BOUNDARY}\r\nContent-Type: text/html\r\n\
         Content-ID: <frame-1@mhtml.blink>\r\nContent-Transfer-Encoding: {encoding}\r\nContent-Location: {ADDRESS}\r\n\r\n\
         {page}\r\n--{BOUNDARY}\r\nContent-Type: text/css\r\nContent-Transfer-Encoding: quoted-printable\r\n\
         Content-Location: cid:css-1@mhtml.blink\r\n\r\n@charset \"utf-8\";\r\n\r\ntd {{ color: red; }}\r\n--{BOUNDARY}\r\n\
         Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--{BOUNDARY}--\r\n"
    )
}
