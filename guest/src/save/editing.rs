//! Lets TagLib edit a file or its copy.

use crate::containers::Cursor;
use crate::corrections;
use crate::errno::Errno;
use crate::error::{Error, ErrorKind, Result};
use crate::file::{ChangedRanges, DiskFile, Editable, Faults, MAX_SIZE, ReadAhead};
use crate::limits::{self, Budget};
use crate::preserve::OnLoss;
use crate::sandbox::{EditedTags, GuestFiles, Sandbox, Trust};
use crate::tags::Edit;
use std::fs::File;
use std::io::{Read, Seek};

/// How much of the content is read to find out its format, in bytes. The audio may follow a tag
/// with large pictures.
const HEAD: u64 = 4 << 20;

/// The file whose content is edited.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a File,
    pub size: u64,
    /// The name that the caller used. TagLib chooses the format by its extension.
    pub name: &'a str,
}

/// The result of changing a file's tags.
pub(super) struct Edited {
    /// The name by which TagLib chose the format.
    pub name: String,
    pub tags: EditedTags,
    /// The ranges that were written to.
    pub written: ChangedRanges,
}

/// An edit, with the resources that it may use.
pub(super) struct Editing<'a> {
    pub edit: &'a Edit,
    pub on_loss: OnLoss,
    pub budget: Budget,
    pub faults: &'a Faults,
}

impl Source<'_> {
    /// # Errors
    /// `EFBIG` if the file is too large for TagLib.
    pub(super) fn check_size(&self) -> Result<()> {
        let size = self.size;
        if size <= MAX_SIZE {
            return Ok(());
        }
        let message =
            format!("it has {size} bytes, and TagLib can change files of up to {MAX_SIZE} (2 GiB)");
        Err(Error::file("save", Errno::FBIG, message))
    }
}

impl Editing<'_> {
    /// Edits `file`, which has the content of `source`. The format is that of the name's
    /// extension or, if TagLib does not know the extension, that of the content, as when reading.
    pub(super) fn edit(&self, file: &File, source: Source<'_>) -> Result<Edited> {
        if let Some(edited) = self.edit_as(source.name, Trust::Name, file, source.size)? {
            return Ok(edited);
        }
        if let Some(extension) = self.extension_of(file)? {
            let name = format!("content.{extension}");
            if let Some(edited) = self.edit_as(&name, Trust::Content, file, source.size)? {
                return Ok(edited);
            }
        }
        Err(Error::new(
            ErrorKind::InvalidFormat,
            "TagLib knows neither its extension nor its content as audio",
        ))
    }

    fn extension_of(&self, file: &File) -> Result<Option<&'static str>> {
        let mut head = Vec::new();
        let mut file = file;
        self.faults
            .run(|| {
                file.rewind()?;
                file.take(HEAD).read_to_end(&mut head)
            })
            .map_err(|error| Error::io("read", &error))?;
        Sandbox::new(GuestFiles::none(), &self.budget)?.extension_of(&head)
    }

    pub(super) fn disk_file(&self, file: &File) -> Result<DiskFile> {
        let clone = file.try_clone().map_err(|error| Error::io("open", &error))?;
        Ok(DiskFile::new(clone, self.faults))
    }

    fn edit_as(&self, name: &str, trust: Trust, file: &File, size: u64) -> Result<Option<Edited>> {
        let editable = Editable::new(self.disk_file(file)?, size, &self.budget);
        let files = GuestFiles::editable(name.to_owned(), editable);
        let mut sandbox = Sandbox::new(files, &self.budget)?;
        let tags = sandbox.edit_by_path(self.edit.clone(), trust, |answer, options| {
            let mut file = ReadAhead::new(self.disk_file(file)?, size, &self.budget);
            corrections::correct(answer, &mut Cursor::new(&mut file, &self.budget), options)
        });
        // A failure of the disk takes precedence: TagLib may report it as something else, most
        // often as success.
        let written = match sandbox.into_edited() {
            Some(editable) => {
                editable.finish().map_err(|error| limits::failure("write", &error))?
            }
            None => ChangedRanges::default(),
        };
        Ok(tags?.map(|tags| Edited { name: name.to_owned(), tags, written }))
    }
}
