//! The names of attachments that are cover art (RFC 9559, section 21.1).

/// The names of a cover, without their extensions: of any orientation, and of two sizes.
const COVERS: [&str; 4] = ["cover", "small_cover", "cover_land", "small_cover_land"];

/// The name that TagLib gives to attachments.
const ATTACHMENT: &str = "attachment";

const FRONT_COVER: &str = "FrontCover";

/// Returns the type of the picture in an attachment with this file name. Only covers have a type.
pub(crate) fn type_of(file_name: &str) -> &'static str {
    let name = file_name.rsplit_once('.').map_or(file_name, |(name, _)| name);
    let is_cover = COVERS.iter().any(|cover| name.eq_ignore_ascii_case(cover));
    if is_cover { FRONT_COVER } else { "Other" }
}

/// Returns the file name of a picture of this type whose file name is `current`, which is returned
/// if it shows the type as well as the format can.
pub(super) fn name_for(picture_type: &str, current: &str) -> String {
    let is_cover = picture_type == FRONT_COVER;
    if is_cover == (type_of(current) == FRONT_COVER) {
        return current.to_owned();
    }
    let name = if is_cover { COVERS[0] } else { ATTACHMENT };
    match current.rsplit_once('.') {
        Some((_, extension)) => format!("{name}.{extension}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_tells_a_cover_from_other_pictures() {
        for cover in ["cover.jpg", "Cover.PNG", "small_cover_land.jpg", "cover"] {
            assert_eq!(type_of(cover), "FrontCover");
        }
        for other in ["back.jpg", "cover.jpg.png", "discover.png", ""] {
            assert_eq!(type_of(other), "Other");
        }
    }

    #[test]
    fn a_name_changes_only_if_it_shows_another_type() {
        for (picture_type, current, expected) in [
            ("FrontCover", "attachment.jpg", "cover.jpg"),
            ("FrontCover", "small_cover.png", "small_cover.png"),
            ("BackCover", "back.png", "back.png"),
            ("Other", "cover.png", "attachment.png"),
            ("FrontCover", "picture", "cover"),
        ] {
            assert_eq!(name_for(picture_type, current), expected);
        }
    }
}
