//! The kinds of elements that matter to the walk over a page.

/// The effect of an element on the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Table,
    /// `thead`.
    Head,
    /// `tbody` or `tfoot`.
    Group,
    Row,
    Cell,
    Caption,
    Break,
    Block,
    Title,
    Superscript,
    Struck,
    Emphasis,
    Link,
    Anchor,
    Page,
    Drawing,
    NeverSeen,
    Void,
    Other,
}

impl Tag {
    /// The kind of the element with this name, in lower case.
    pub(crate) fn from_name(name: &[u8]) -> Self {
        match name {
            b"table" => Self::Table,
            b"thead" => Self::Head,
            b"tbody" | b"tfoot" => Self::Group,
            b"tr" => Self::Row,
            b"td" | b"th" => Self::Cell,
            b"caption" => Self::Caption,
            b"br" | b"hr" => Self::Break,
            b"p" | b"div" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"li" | b"ul" | b"ol" | b"dl"
            | b"dt" | b"dd" | b"section" | b"article" | b"aside" | b"header" | b"footer" | b"main"
            | b"nav" | b"center" | b"blockquote" | b"pre" | b"address" | b"figure" | b"figcaption"
            | b"fieldset" | b"form" | b"details" | b"summary" | b"hgroup" | b"menu" | b"legend"
            | b"button" => Self::Block,
            b"title" => Self::Title,
            b"sup" => Self::Superscript,
            b"s" | b"del" | b"strike" => Self::Struck,
            b"b" | b"strong" | b"u" | b"em" | b"i" => Self::Emphasis,
            b"link" => Self::Link,
            b"a" => Self::Anchor,
            b"html" | b"body" => Self::Page,
            b"svg" | b"math" => Self::Drawing,
            b"template" | b"dialog" | b"datalist" => Self::NeverSeen,
            b"img" | b"input" | b"meta" | b"area" | b"base" | b"col" | b"embed" | b"param" | b"source"
            | b"track" | b"wbr" => Self::Void,
            _ => Self::Other,
        }
    }

    /// True for the parts of a table: groups, rows and cells.
    pub(crate) fn is_part_of_table(self) -> bool {
        matches!(self, Self::Head | Self::Group | Self::Row | Self::Cell)
    }

    /// True for an element whose style can hide or strike what is in it.
    pub(crate) fn has_content(self) -> bool {
        !matches!(
            self,
            Self::Page | Self::Void | Self::Break | Self::Link | Self::Title
        )
    }
}
