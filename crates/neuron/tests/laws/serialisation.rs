//! Parameters survive a round trip, and unknown fields are refused.

use delgrad_neuron::LifParams;

#[test]
fn params_round_trip() {
    let params = LifParams { tau_mem: 0.1 + 0.2, reset: -1.0, ..LifParams::default() };
    let text = serde_json::to_string(&params).unwrap();
    assert_eq!(serde_json::from_str::<LifParams>(&text).unwrap(), params);
    assert_eq!(serde_json::from_str::<LifParams>("{}").unwrap(), LifParams::default());
    assert!(serde_json::from_str::<LifParams>(r#"{"tau_membrane": 1.0}"#).is_err());
}
