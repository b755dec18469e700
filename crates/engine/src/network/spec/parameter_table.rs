//! The parameters of neurons as keys of files.

use serde::{Deserialize, Deserializer};

/// Defines a struct that is read from a file, with an optional value for each [`Parameter`](delgrad_neuron::Parameter) in the
/// place of `[parameters: ...]`.
///
/// A parameter that is there has a value: `null` is not taken for one that is left out.
macro_rules! parameter_table {
    (
        @fields [$($parameter:ident)*]
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$before_attribute:meta])* $before:ident: $before_type:ty,)*
            [parameters: $value:ty],
            $($(#[$after_attribute:meta])* $after:ident: $after_type:ty,)*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$before_attribute])* pub $before: $before_type,)*
            $(
                #[serde(
                    default,
                    skip_serializing_if = "Option::is_none",
                    deserialize_with = "crate::network::spec::parameter_table::present"
                )]
                pub $parameter: Option<$value>,
            )*
            $($(#[$after_attribute])* pub $after: $after_type,)*
        }

        impl $name {
            /// The parameters in the order of `Parameter::ALL`.
            pub fn values_mut(&mut self) -> [&mut Option<$value>; delgrad_neuron::Parameter::ALL.len()] {
                [$(&mut self.$parameter),*]
            }
        }
    };
    ($($table:tt)*) => {
        $crate::network::spec::parameter_table::parameter_table! {
            @fields [tau_mem tau_syn threshold leak reset refractory capacitance bias critical]
            $($table)*
        }
    };
}
pub(crate) use parameter_table;

pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
