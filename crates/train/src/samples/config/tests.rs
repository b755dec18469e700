//! Files of several parts.

use std::path::Path;

use super::*;

fn load(folder: &Path, text: &str, known: Option<&Names>) -> Result<Source, TrainError> {
    let data: DataConfig = toml::from_str(text).unwrap();
    data.load(folder, known)
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn later_files_must_fit_the_first_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.csv", "sample,time,input,label\n0,1,4,u\n1,1,0,v\n");
    write(folder, "b.csv", "sample,time,input,label\n0,1,2,v\n");
    let text = "source = 'events'\nfile = 'a.csv'\nvalidation-file = 'b.csv'\ntest-file = 'b.csv'";
    let source = load(folder, text, None).unwrap();
    let inputs =
        |part: &Labelled<Content>| if let Content::Spikes(spikes) = &part.content { spikes.inputs() } else { 0 };
    assert_eq!(source.parts.as_ref().map(inputs).into_array(), [5, 5, 5]);
    assert_eq!((source.outputs, source.parts.test.class(0)), (2, Some(1)));
    write(folder, "b.csv", "sample,time,input,label\n7,1,5,v\n");
    let error = load(folder, text, None).unwrap_err().to_string();
    assert!(
        error.contains("b.csv: sample 7 has a spike of unit 5; units must be whole numbers from 0 below 5"),
        "{error}"
    );
    write(folder, "b.csv", "sample,time,input,label\n7,1,4,w\n");
    let error = load(folder, text, None).unwrap_err().to_string();
    assert!(error.contains("b.csv: the label of sample 7 is \"w\"; it must be one of: u, v"), "{error}");
}

#[test]
fn target_spikes_of_all_parts_have_the_same_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.csv", "sample,time,input\n0,1,4\n1,1,0\n");
    write(folder, "t.csv", "sample,output,time\n0,2,5\n1,0,1\n");
    write(folder, "u.csv", "sample,output,time\n1,1,4\n");
    let text = "source = 'events'\nfile = 'a.csv'\ntargets = 't.csv'\ntest-file = 'a.csv'\nvalidation-file = 'a.csv'\n\
                validation-targets = 'u.csv'\ntest-targets = ";
    let source = load(folder, &format!("{text}'u.csv'"), None).unwrap();
    assert_eq!((source.outputs, source.names.classes.len()), (3, 0));
    assert_eq!(source.parts.test.targets[1].trains(), [vec![], vec![4.0], vec![]]);
    write(folder, "v.csv", "sample,output,time\n1,3,4\n");
    let error = load(folder, &format!("{text}'v.csv'"), None).unwrap_err().to_string();
    assert!(error.contains("v.csv: sample 1 has a target spike of output 3; outputs must be below 3"), "{error}");
}

#[test]
fn labels_are_given_for_every_file_or_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.csv", "sample,time,input\n0,1,4\n1,1,0\n");
    write(folder, "l.csv", "sample,label\n0,u\n1,v\n");
    let text = "source = 'events'\nfile = 'a.csv'\nlabels = 'l.csv'\ntest-file = 'a.csv'";
    let error = load(folder, text, None).unwrap_err().to_string();
    assert!(error.contains("data.test-labels and data.labels go together"), "{error}");
    let known = Names { features: Vec::new(), classes: vec!["v".to_owned(), "u".to_owned()] };
    let files = "\nvalidation-file = 'a.csv'";
    let source = load(folder, &format!("{text}{files}"), Some(&known)).unwrap();
    assert_eq!((source.parts.train.class(0), source.parts.test.class(0)), (Some(1), None));
}

#[test]
fn keys_survive_a_round_trip_and_paths_are_resolved() {
    let text = "source = \"events\"\nfile = \"a\"\nlabels = \"b\"\nsensor-size = [3, 2, 1]\ntime-scale = 0.5\nduration = 9.0\n\
                first-spike-only = true\n";
    let mut data: DataConfig = toml::from_str(text).unwrap();
    assert_eq!(toml::to_string(&data).unwrap(), text);
    data.resolve_paths(Path::new("/x"));
    let files = data.files().unwrap().1;
    assert_eq!((&*files.file, files.labels.as_deref()), (Path::new("/x/a"), Some(Path::new("/x/b"))));
    data.set_inputs(5);
    assert_eq!(data.files().unwrap().1.inputs, None);
    let mut data = DataConfig::Heidelberg(FileData::default());
    data.set_inputs(5);
    assert_eq!(data.files().unwrap().1.inputs, Some(5));
    assert!(toml::from_str::<DataConfig>("source = \"idx\"\nfile = \"a\"\nspeed = 1").is_err());
}
