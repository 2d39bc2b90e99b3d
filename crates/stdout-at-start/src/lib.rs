//! Records if standard output was open when the process started.
//!
//! Rust's runtime opens `/dev/null` in place of a closed standard output before `main`, so later writes seem
//! to succeed. An alert that nobody can read must not count as delivered, so this crate checks before the
//! runtime does. On systems other than Linux, standard output counts as open.

/// False if the process was started with a closed standard output, as by `>&-` in a shell.
pub fn was_open() -> bool {
    #[cfg(target_os = "linux")]
    return !linux::WAS_CLOSED.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(target_os = "linux"))]
    true
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::atomic::{AtomicBool, Ordering};

    pub(crate) static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

    /// The C runtime calls the functions of this section before `main`.
    #[expect(
        unsafe_code,
        reason = "the section needs functions of this type that return, and this is one"
    )]
    #[used]
    #[unsafe(link_section = ".init_array")]
    static LOOK: extern "C" fn() = look;

    /// One system call and one store: neither needs the runtime.
    extern "C" fn look() {
        let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        WAS_CLOSED.store(is_closed, Ordering::Relaxed);
    }
}
