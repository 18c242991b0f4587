//! What an edit asks to change.

/// The parts of a file's tags that an edit asks to change. Everything else must
/// stay as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requested {
    /// Keys of TagLib's property map, in upper case, with the values that the edit
    /// asks for. No values remove a property.
    pub properties: Vec<(String, Vec<String>)>,
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
    /// The values that the edit asks for.
    pub fn values_of(&self, key: &str) -> Option<&[String]> {
        let property = self.properties.iter().find(|(known, _)| known == key);
        property.map(|(_, values)| &values[..])
    }

    /// Returns whether the edit asks to change this.
    pub fn contains(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Property(key) => self.all_properties || self.values_of(key).is_some(),
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
