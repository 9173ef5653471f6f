//! Which media type a file has by its name, and the other way round.

/// By extension. Of several extensions of a type the first is the usual one.
const EXTENSIONS: [(&str, &str); 27] = [
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("gif", "image/gif"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("svg", "image/svg+xml"),
    ("tsv", "text/tab-separated-values"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
];

/// Media types of texts whose names do not say so.
pub(super) const TEXTS: [&str; 9] = [
    "application/csv",
    "application/javascript",
    "application/json",
    "application/sql",
    "application/toml",
    "application/x-ndjson",
    "application/x-yaml",
    "application/xml",
    "application/yaml",
];

/// The media type of a file that is called so.
pub(super) fn of_name(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    let found = EXTENSIONS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(extension));
    found.map(|(_, media_type)| *media_type)
}

/// What a file without a name is called: agents that look at the extension see what it is.
pub(super) fn default_name(media_type: &str) -> String {
    let kind = media_type.split('/').next();
    let mut named = ["image", "video", "audio"].into_iter();
    let stem = named.find(|named| kind == Some(named)).unwrap_or("file");
    match EXTENSIONS.iter().find(|(_, known)| *known == media_type) {
        Some((extension, _)) => format!("{stem}.{extension}"),
        None => stem.to_owned(),
    }
}
