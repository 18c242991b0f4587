//! What an edit asks to change.

/// The parts of a file's tags that an edit asks to change. Everything else must
/// stay as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requested {
    /// Keys of TagLib's property map, in upper case.
    pub properties: Vec<String>,
    /// Every property.
    pub all_properties: bool,
    pub pictures: bool,
    pub ratings: bool,
    pub lyrics: bool,
    pub chapters: bool,
    pub bext: bool,
    pub ixml: bool,
    /// ID3v2 frames by their identifiers.
    pub frames: Vec<String>,
}

/// What an element of a tag holds, in terms of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A value of TagLib's property map, by its key in upper case.
    Property(String),
    Picture,
    Rating,
    Lyrics,
    Chapter,
    BroadcastExtension,
    Ixml,
    /// Something that no edit can ask for.
    Other,
}

impl Requested {
    /// Returns whether the edit asks to change this.
    pub fn contains(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Property(key) => {
                self.all_properties || self.properties.iter().any(|known| known == key)
            }
            Subject::Picture => self.pictures,
            Subject::Rating => self.ratings,
            Subject::Lyrics => self.lyrics,
            Subject::Chapter => self.chapters,
            Subject::BroadcastExtension => self.bext,
            Subject::Ixml => self.ixml,
            Subject::Other => false,
        }
    }
}
