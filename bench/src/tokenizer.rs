//! The bare tokenizer of html5gum, which the reader uses.

use std::hint::black_box;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// Splits a page into tokens and discards them.
pub(crate) fn tokenize(page: &[u8]) {
    let emitter = CallbackEmitter::new(
        |event: CallbackEvent<'_>, _: Span<()>| -> Option<std::convert::Infallible> {
            black_box(&event);
            None
        },
    );
    let Ok(()) = Tokenizer::new_with_emitter(page, emitter).finish();
}
