//! Unaltered pages, as a control of the samples and of their decomposition.

use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear};

pub(crate) const KINDS: &[Kind] = &[clear("nothing", nothing)];

fn nothing(_: &mut Page, _: &mut Random) -> bool {
    true
}
