//! `holdline log backup` with unusual names.

use crate::support::log_command::{log, serve, stop};

#[tokio::test]
async fn backup_takes_any_name_and_touches_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let server = serve(&path).await;
    server.person("Ada").await.says("kept").await;
    let precious = folder.path().join("copy.db.part");
    std::fs::write(&precious, "precious").unwrap();
    for name in ["copy.db", "file:copy.db", "a%20b?c#d.db"] {
        let copy = folder.path().join(name);
        let (code, said) = log(&path, &["backup", copy.to_str().unwrap()]).await;
        assert_eq!(code, 0, "{said}");
        let (code, said) = log(&copy, &["check"]).await;
        assert_eq!(code, 0, "{name}: {said}");
        let (code, said) = log(&path, &["backup", copy.to_str().unwrap()]).await;
        assert_eq!(code, 1, "nothing is overwritten: {said}");
    }
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "precious");
    let names = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().contains(".part")).count(), 1, "the precious one");
    stop(server).await;
}
