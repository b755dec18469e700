use crate::samples::readers::array::{Array, Numbers, whole};
use crate::samples::readers::spikes::Spikes;
use crate::samples::readers::{FileProblem, Request};

/// The fields of events.
pub(super) struct Events<'a> {
    t: Numbers<'a>,
    x: Numbers<'a>,
    y: Option<Numbers<'a>>,
    p: Option<Numbers<'a>>,
    /// Width, height and polarities of the sensor.
    sensor: Option<[u32; 3]>,
}

impl<'a> Events<'a> {
    /// Of an array of records; none if it holds no records.
    pub fn of(array: &'a Array, request: &Request<'_>) -> Result<Option<Self>, FileProblem> {
        let Some(record) = array.record() else { return Ok(None) };
        let fields = || record.fields().iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
        let [t, x, y, p] = ["t", "x", "y", "p"].map(|name| array.field(name));
        let (Some(t), Some(x)) = (t, x) else { return Err(FileProblem::Fields { fields: fields() }) };
        let sensor = request.options.sensor_size;
        // where there is only x, it is the input itself
        if sensor.is_none() && (y.is_some() || p.is_some()) {
            return Err(FileProblem::NoSensor { fields: fields() });
        }
        Ok(Some(Self { t, x, y, p, sensor }))
    }

    /// Adds an event to the sample at hand.
    pub fn push(&self, spikes: &mut Spikes, sample: u64, event: usize) -> Result<(), FileProblem> {
        let input = match self.sensor {
            Some(sensor) => Some(self.input(sensor, sample, event)?),
            None => self.x.index(event),
        };
        let text = || input.map_or_else(|| self.x.number(event).to_string(), |input| input.to_string());
        spikes.push(sample, self.t.double(event), input, text)
    }

    /// The input of an event of a sensor.
    fn input(&self, [width, height, polarities]: [u32; 3], sample: u64, event: usize) -> Result<u32, FileProblem> {
        let coordinate = |field: &'static str, numbers: Option<&Numbers<'_>>, below: u32| {
            let Some(number) = numbers.map(|numbers| numbers.number(event)) else { return Ok(0) };
            let found = || FileProblem::Event { sample, field, found: number.to_string(), below };
            whole(number).filter(|value| *value < below).ok_or_else(found)
        };
        let x = coordinate("x", Some(&self.x), width)?;
        let y = coordinate("y", self.y.as_ref(), height)?;
        let p = coordinate("p", self.p.as_ref().filter(|_| polarities > 1), polarities)?;
        // below width * height * polarities, which fits
        Ok((p * height + y) * width + x)
    }
}
