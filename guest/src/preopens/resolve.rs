//! Splits the text of a path into a preopen and the rest of the path.
//!
//! Only the text is used. Nothing is looked up, so a path outside every preopen costs no system
//! call and touches no file. There are three rules, in this order:
//!
//! 1. A guest path takes precedence over a host path, a longer prefix over a shorter one.
//! 2. What follows the prefix stays as it was written, so that the kernel sees `link/../file` as
//!    it is and a trailing slash keeps its meaning.
//! 3. Only if no prefix matches the text as it was written, the text is normalised first, as
//!    `path.resolve` does: `/app/../music/a.mp3` becomes `/music/a.mp3`.

use super::{Preopen, Preopens};
use crate::errno::Errno;
use crate::error::{Error, Result};

/// A path as its preopen sees it.
#[derive(Debug)]
pub struct Resolved<'a> {
    pub(super) preopen: &'a Preopen,
    /// Never empty. It may still contain `..`, which can't lead out.
    pub(super) relative: String,
}

impl Preopens {
    /// Picks the preopen of an absolute path, guest or host.
    ///
    /// # Errors
    /// `ENOTCAPABLE` if no preopen contains the path.
    pub fn resolve(&self, path: &str) -> Result<Resolved<'_>> {
        let written = forward_slashes(path);
        let found = match self.find(&written) {
            Some(found) => Some(found),
            None => self.find(&normalise(&written)),
        };
        found.ok_or_else(|| {
            Error::file("open", Errno::NOTCAPABLE, "it is outside every preopened directory")
        })
    }

    /// Returns the guest path of the preopen that contains a path, by its text alone.
    pub fn guest_path_of(&self, path: &str) -> Option<&str> {
        // The first prefix is the guest path.
        self.resolve(path).ok()?.preopen.prefixes.first().map(String::as_str)
    }

    fn find(&self, path: &str) -> Option<Resolved<'_>> {
        let (mut guest, mut host) = (None, None);
        for preopen in &self.preopens {
            for (index, prefix) in preopen.prefixes.iter().enumerate() {
                let Some(rest) = strip_prefix(path, prefix) else { continue };
                if leads_out(rest) {
                    continue;
                }
                let best = if index == 0 { &mut guest } else { &mut host };
                if best.is_none_or(|(length, _, _)| prefix.len() > length) {
                    *best = Some((prefix.len(), preopen, rest));
                }
            }
        }
        guest.or(host).map(|(_, preopen, rest)| Resolved {
            preopen,
            relative: if rest.is_empty() { ".".to_owned() } else { rest.to_owned() },
        })
    }
}

/// Returns what follows `prefix` and its slash, or `None` if `path` is elsewhere.
fn strip_prefix<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let head = path.get(..prefix.len())?;
    if !same_name(head, prefix) {
        return None;
    }
    let rest = &path[prefix.len()..];
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest.trim_start_matches('/')),
        // "/" is the only prefix that ends in a slash.
        None if rest.is_empty() || prefix.ends_with('/') => Some(rest),
        None => None,
    }
}

fn same_name(left: &str, right: &str) -> bool {
    if cfg!(windows) { left.eq_ignore_ascii_case(right) } else { left == right }
}

/// Returns whether the text leads above its start.
fn leads_out(relative: &str) -> bool {
    let mut depth = 0_i32;
    for name in relative.split('/') {
        match name {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

/// Returns the path of a directory in the form that `strip_prefix` compares: normalised, and
/// without a slash at the end.
pub(super) fn prefix(directory: &str) -> String {
    let normal = normalise(&forward_slashes(directory));
    match normal.strip_suffix('/') {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => normal,
    }
}

/// Resolves `.`, `..` and doubled slashes by text. A slash at the end stays:
/// `file.mp3/` must not open a file.
fn normalise(path: &str) -> String {
    // A drive letter is not a name that `..` could remove.
    let (root, rest) = path.split_at(path.find('/').map_or(path.len(), |slash| slash + 1));
    let mut names: Vec<&str> = Vec::new();
    for name in rest.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            _ => names.push(name),
        }
    }
    let slash = if rest.ends_with('/') && !names.is_empty() { "/" } else { "" };
    format!("{root}{}{slash}", names.join("/"))
}

fn forward_slashes(path: &str) -> String {
    if cfg!(windows) {
        let plain = path.strip_prefix(r"\\?\").unwrap_or(path);
        plain.replace('\\', "/")
    } else {
        path.to_owned()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::{PreopenOptions, Preopens};

    fn preopens(pairs: &[(&str, &str)]) -> Preopens {
        let options: Vec<_> = pairs
            .iter()
            .map(|(guest, host)| PreopenOptions {
                guest_path: (*guest).to_owned(),
                host_path: (*host).to_owned(),
                read_only: true,
            })
            .collect();
        Preopens::open(&options).unwrap()
    }

    fn relative(preopens: &Preopens, path: &str) -> Option<String> {
        preopens.resolve(path).ok().map(|resolved| resolved.relative)
    }

    #[test]
    fn guest_and_host_paths_reach_the_same_file() {
        let set = preopens(&[("/music", "/usr")]);
        for path in
            ["/music/a.mp3", "/usr/a.mp3", "/music//./a.mp3", "//usr/a.mp3", "/etc/../usr/a.mp3"]
        {
            assert!(relative(&set, path).unwrap().ends_with("a.mp3"), "{path}");
        }
    }

    #[test]
    fn a_name_that_only_begins_like_a_preopen_is_outside() {
        let set = preopens(&[("/music", "/usr")]);
        for path in ["/musical/a.mp3", "/usrlocal", "/", "", "music/a.mp3", "/musi"] {
            assert_eq!(relative(&set, path), None, "{path}");
        }
    }

    #[test]
    fn dots_that_lead_out_of_a_preopen_may_lead_into_another() {
        let set = preopens(&[("/a", "/usr"), ("/b", "/etc")]);
        assert_eq!(relative(&set, "/a/../b/x.mp3").unwrap(), "x.mp3");
        assert_eq!(relative(&set, "/a/../c/x.mp3"), None);
        assert_eq!(relative(&set, "/a/../../../c/x.mp3"), None);
    }

    #[test]
    fn dots_inside_a_preopen_are_left_to_the_kernel() {
        let set = preopens(&[("/a", "/usr")]);
        assert_eq!(relative(&set, "/a/link/../x.mp3").unwrap(), "link/../x.mp3");
    }

    #[test]
    fn the_longest_prefix_wins_and_guest_paths_come_first() {
        let set = preopens(&[("/m", "/usr"), ("/m/inner", "/etc"), ("/usr", "/var")]);
        let preopen_of = |path| {
            let found = set.resolve(path).unwrap().preopen as *const _;
            set.preopens.iter().position(|preopen| std::ptr::eq(preopen, found)).unwrap()
        };
        assert_eq!(preopen_of("/m/x.mp3"), 0);
        assert_eq!(preopen_of("/m/inner/x.mp3"), 1);
        assert_eq!(preopen_of("/usr/x.mp3"), 2);
    }

    #[test]
    fn a_slash_at_the_end_stays() {
        let set = preopens(&[("/m/", "/usr/")]);
        assert_eq!(relative(&set, "/m/x.mp3/").unwrap(), "x.mp3/");
        assert_eq!(relative(&set, "/q/../m/x.mp3/").unwrap(), "x.mp3/");
        assert_eq!(relative(&set, "/m/").unwrap(), ".");
    }

    #[test]
    fn the_root_can_be_preopened() {
        let set = preopens(&[("/", "/")]);
        assert_eq!(relative(&set, "/usr/x.mp3").unwrap(), "usr/x.mp3");
    }
}
