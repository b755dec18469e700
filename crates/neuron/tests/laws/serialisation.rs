//! Parameters survive a round trip, and unknown fields are refused.

use delgrad_neuron::{DeltaLifParams, LifParams, QifParams};

#[test]
fn params_round_trip() {
    let params = LifParams { tau_mem: 0.1 + 0.2, reset: -1.0, ..LifParams::default() };
    let text = serde_json::to_string(&params).unwrap();
    assert_eq!(serde_json::from_str::<LifParams>(&text).unwrap(), params);
    assert_eq!(serde_json::from_str::<LifParams>("{}").unwrap(), LifParams::default());
    assert!(serde_json::from_str::<LifParams>(r#"{"tau_membrane": 1.0}"#).is_err());
}

#[test]
fn other_models_are_written_alike() {
    let delta = DeltaLifParams { tau_mem: 20.0, ..DeltaLifParams::default() };
    let text = serde_json::to_string(&delta).unwrap();
    assert!(text.contains(r#""tau-mem":20.0"#), "{text}");
    assert_eq!(serde_json::from_str::<DeltaLifParams>(&text).unwrap(), delta);
    assert!(serde_json::from_str::<DeltaLifParams>(r#"{"tau-syn": 1.0}"#).is_err());
    let qif = QifParams { critical: 0.1 + 0.2, ..QifParams::default() };
    let text = serde_json::to_string(&qif).unwrap();
    assert_eq!(serde_json::from_str::<QifParams>(&text).unwrap(), qif);
    assert_eq!(serde_json::from_str::<QifParams>("{}").unwrap(), QifParams::default());
    assert!(serde_json::from_str::<QifParams>(r#"{"tau_mem": 1.0}"#).is_err());
}
