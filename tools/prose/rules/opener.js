'use strict';

// Reports statements that open with a question word: "What can be chosen stands in ...", "Whether it is stored."
// STYLE: the subject of a sentence is a noun. Questions are fine, and so are headings.

const OPENER = /^(what|whatever|whether|where|which|who|whoever|whom|whose|why)\b(?=\s+\S)/i;
// A cell may well be "who gets an alert"; "whether" is "true if".
const CELL_OPENER = /^(whether)\b(?=\s+\S)/i;
// A sentence ends at a full stop, a question mark, an exclamation mark or a colon that is followed by a new one.
const SENTENCE = /[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]*/g;

module.exports = (context) => {
  const { Syntax, RuleError, getSource, report, locator } = context;

  function check(node, opener) {
    // Inline code counts as letters, so that positions stay those of the source.
    const text = getSource(node).replace(/`[^`]*`/g, (code) => 'x'.repeat(code.length));
    for (const match of text.matchAll(SENTENCE)) {
      const sentence = match[0].replace(/^[\s|*_]+/, '');
      const start = match.index + match[0].indexOf(sentence);
      const found = opener.exec(sentence);
      if (found && !sentence.trimEnd().endsWith('?')) {
        const message = `A statement opens with "${found[1]}": begin with a noun, a verb or "if".`;
        report(node, new RuleError(message, { padding: locator.at(start) }));
      }
    }
  }

  return { [Syntax.Paragraph]: (node) => check(node, OPENER), TableCell: (node) => check(node, CELL_OPENER) };
};
