use crate::samples::readers::array::{Array, Numbers, whole};
use crate::samples::readers::spikes::Spikes;
use crate::samples::readers::{FileProblem, Request};

/// Where an event of a sensor is.
pub(super) struct Sensor {
    width: u32,
    height: u32,
    polarities: u32,
}

/// The fields of events.
pub(super) struct Events<'a> {
    t: Numbers<'a>,
    x: Numbers<'a>,
    y: Option<Numbers<'a>>,
    p: Option<Numbers<'a>>,
    sensor: Option<Sensor>,
}

impl<'a> Events<'a> {
    /// Of an array of records; none if it holds no records.
    pub fn of(array: &'a Array, request: &Request<'_>) -> Result<Option<Self>, FileProblem> {
        let Some(record) = array.record() else { return Ok(None) };
        let fields = || record.fields().iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
        let [t, x, y, p] = ["t", "x", "y", "p"].map(|name| array.field(name));
        let (Some(t), Some(x)) = (t, x) else { return Err(FileProblem::Fields { fields: fields() }) };
        let sensor =
            request.options.sensor_size.map(|[width, height, polarities]| Sensor { width, height, polarities });
        // where there is only x, it is the input itself
        if sensor.is_none() && (y.is_some() || p.is_some()) {
            return Err(FileProblem::NoSensor { fields: fields() });
        }
        Ok(Some(Self { t, x, y, p, sensor }))
    }

    /// Adds an event to the sample at hand.
    pub fn push(&self, spikes: &mut Spikes, sample: u64, event: usize) -> Result<(), FileProblem> {
        let input = match &self.sensor {
            Some(sensor) => Some(self.input(sensor, sample, event)?),
            None => self.x.index(event),
        };
        let text = || input.map_or_else(|| self.x.number(event).to_string(), |input| input.to_string());
        spikes.push(sample, self.t.double(event), input, text)
    }

    fn input(&self, sensor: &Sensor, sample: u64, event: usize) -> Result<u32, FileProblem> {
        let coordinate = |field: &'static str, numbers: Option<&Numbers<'_>>, below: u32| {
            let Some(number) = numbers.map(|numbers| numbers.number(event)) else { return Ok(0) };
            let found = || FileProblem::Event { sample, field, found: number.to_string(), below };
            whole(number).filter(|value| *value < below).ok_or_else(found)
        };
        let x = coordinate("x", Some(&self.x), sensor.width)?;
        let y = coordinate("y", self.y.as_ref(), sensor.height)?;
        let p = self.p.as_ref().filter(|_| sensor.polarities > 1);
        let p = coordinate("p", p, sensor.polarities)?;
        // below width * height * polarities, which fits
        Ok((p * sensor.height + y) * sensor.width + x)
    }
}
