//! Quotes words for shells, crontabs and systemd units.

/// A word quoted for a shell.
pub(crate) fn shell_word(word: &str) -> String {
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// True for a character that means only itself to a shell and to systemd.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c)
}

/// A command of a crontab. There, `%` would end the command even between quotation marks.
pub(crate) fn crontab_command(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
    words.join(" ").replace('%', r"\%")
}

/// A command of `ExecStart` in a systemd unit. There, `%` begins a specifier and `$` a variable, except that the program has
/// no variables.
pub(crate) fn unit_command(words: &[String]) -> String {
    let quoted = |(index, word): (usize, &String)| {
        let mut word = word.replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%");
        if index > 0 {
            word = word.replace('$', "$$");
        }
        if word.chars().all(is_plain) {
            word
        } else {
            format!("\"{word}\"")
        }
    };
    let words: Vec<String> = words.iter().enumerate().map(quoted).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_the_words_back() {
        let words = ["/opt/a b/bulletin", "--db", "it's 100% $HOME.db", "\"x\""].map(String::from);
        assert_eq!(
            crontab_command(&words),
            r#"'/opt/a b/bulletin' --db 'it'\''s 100\% $HOME.db' '"x"'"#
        );
        assert_eq!(
            unit_command(&words),
            r#""/opt/a b/bulletin" --db "it's 100%% $$HOME.db" "\"x\"""#
        );
        assert_eq!(unit_command(&["/opt/$x/bulletin".into()]), "\"/opt/$x/bulletin\"");
        assert_eq!(shell_word("/data/a.db"), "/data/a.db");
        assert_eq!(shell_word(""), "''");
    }
}
