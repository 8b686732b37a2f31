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

#[tokio::test]
async fn failures_name_the_file_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    stop(serve(&path).await).await;
    let lines = folder.path().join("lines");
    std::fs::write(&lines, "no log\n").unwrap();
    std::fs::write(folder.path().join("taken.db"), "taken").unwrap();
    let name = |file: &str| folder.path().join(file).display().to_string();
    let absent = folder.path().join("absent.db");
    for (log_file, arguments, words) in [
        (&path, ["backup", &name("taken.db")], [&*name("taken.db"), "is there already", "another name"]),
        (&path, ["backup", &name("no/copy.db")], [&*name("no/copy.db"), "folder", "make it"]),
        (&path, ["backup", &name("lines/copy.db")], [&*name("lines/copy.db"), "no folder", "another place"]),
        (&path, ["backup", "/dev/full/copy.db"], ["/dev/full/copy.db", "no folder", "another place"]),
        (&absent, ["backup", &name("copy.db")], [&*name("absent.db"), "has no log", "--log"]),
        (&path, ["import", &name("lines")], [&*name("x.db"), "is there already", "move the file away"]),
        (&absent, ["import", &name("lines")], ["line 1", "no exported log", "holdline log export"]),
        (&path, ["restore", &name("x.db")], [&*name("x.db"), "the log itself", "the file of a backup"]),
    ] {
        let (code, said) = log(log_file, &arguments).await;
        assert_eq!(code, 1, "{arguments:?}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
        assert!(!said.contains("storage failed"), "{arguments:?}: {said}");
    }
    assert!(!absent.exists() && !folder.path().join("copy.db").exists());
}
