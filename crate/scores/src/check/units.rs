//! Units and their exact sizes, as their definitions give them. A table rather than a library: those hold factors as
//! floating point, by types that a text cannot name, and none says which gallon it means.

use super::exact::Exact;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Length,
    Mass,
    Volume,
    Time,
    Speed,
    Area,
    Data,
    Temperature,
    Energy,
    Pressure,
    Power,
}

/// A unit: its names, and its sizes in the dimension's first unit, as a fraction. A name that means several things has
/// several sizes.
pub struct Unit {
    /// What it measures.
    pub dimension: Dimension,
    /// Its names, singular and plural, in lower case.
    names: &'static str,
    /// Its sizes.
    pub sizes: &'static [(i128, i128)],
}

use Dimension::{Area, Data, Energy, Length, Mass, Power, Pressure, Speed, Temperature, Time, Volume};

const fn unit(dimension: Dimension, names: &'static str, sizes: &'static [(i128, i128)]) -> Unit {
    Unit { dimension, names, sizes }
}

/// Meters, grams, liters, seconds, meters per second, square meters, bytes, degrees, joules, pascals, watts.
const UNITS: &[Unit] = &[
    unit(Length, "mm/millimeter/millimeters/millimetre/millimetres", &[(1, 1000)]),
    unit(Length, "cm/centimeter/centimeters/centimetre/centimetres", &[(1, 100)]),
    unit(Length, "m/meter/meters/metre/metres", &[(1, 1)]),
    unit(Length, "km/kilometer/kilometers/kilometre/kilometres/kms", &[(1000, 1)]),
    unit(Length, "in/inch/inches", &[(254, 10_000)]),
    unit(Length, "ft/foot/feet", &[(3048, 10_000)]),
    unit(Length, "yd/yard/yards/yds", &[(9144, 10_000)]),
    unit(Length, "mi/mile/miles", &[(1_609_344, 1000)]),
    unit(Length, "nautical mile/nautical miles", &[(1852, 1)]),
    unit(Length, "micrometer/micrometers/micron/microns/μm/µm", &[(1, 1_000_000)]),
    unit(Length, "nm/nanometer/nanometers/nanometre/nanometres", &[(1, 1_000_000_000)]),
    unit(Mass, "mg/milligram/milligrams", &[(1, 1000)]),
    unit(Mass, "g/gram/grams/gramme/grammes", &[(1, 1)]),
    unit(Mass, "kg/kilogram/kilograms/kilo/kilos/kgs", &[(1000, 1)]),
    unit(Mass, "oz/ounce/ounces", &[(45_359_237, 1_600_000)]),
    unit(Mass, "lb/lbs/pound/pounds", &[(45_359_237, 100_000)]),
    unit(Mass, "stone/stones", &[(635_029_318, 100_000)]),
    // Metric, short, long.
    unit(
        Mass,
        "ton/tons/tonne/tonnes/metric ton/metric tons/short ton/short tons/long ton/long tons",
        &[(1_000_000, 1), (90_718_474, 100), (10_160_469_088, 10_000)],
    ),
    unit(Volume, "ml/milliliter/milliliters/millilitre/millilitres", &[(1, 1000)]),
    unit(Volume, "cl/centiliter/centiliters/centilitre/centilitres", &[(1, 100)]),
    unit(Volume, "l/liter/liters/litre/litres", &[(1, 1)]),
    unit(Volume, "cubic meter/cubic meters/cubic metre/cubic metres/m³", &[(1000, 1)]),
    unit(Volume, "cubic centimeter/cubic centimeters/cc/cm³", &[(1, 1000)]),
    unit(Volume, "cubic foot/cubic feet/ft³", &[(28_316_846_592, 1_000_000_000)]),
    unit(Volume, "cubic inch/cubic inches/in³", &[(16_387_064, 1_000_000_000)]),
    // Of the United States, imperial.
    unit(Volume, "gal/gallon/gallons", &[(3_785_411_784, 1_000_000_000), (454_609, 100_000)]),
    unit(Volume, "qt/quart/quarts", &[(946_352_946, 1_000_000_000), (11_365_225, 10_000_000)]),
    unit(Volume, "pt/pint/pints", &[(473_176_473, 1_000_000_000), (56_826_125, 100_000_000)]),
    // Of the United States, metric, of its law, imperial.
    unit(Volume, "cup/cups", &[(2_365_882_365, 10_000_000_000), (1, 4), (24, 100), (284_130_625, 1_000_000_000)]),
    unit(
        Volume,
        "fl oz/fluid ounce/fluid ounces",
        &[(295_735_295_625, 10_000_000_000_000), (284_130_625, 10_000_000_000), (3, 100)],
    ),
    unit(
        Volume,
        "tbsp/tablespoon/tablespoons",
        &[(1_478_676_478_125, 100_000_000_000_000), (15, 1000), (2, 100), (177_581_640_625, 10_000_000_000_000)],
    ),
    unit(
        Volume,
        "tsp/teaspoon/teaspoons",
        &[(492_892_159_375, 100_000_000_000_000), (5, 1000), (591_938_802_083, 100_000_000_000_000)],
    ),
    unit(Time, "ms/millisecond/milliseconds", &[(1, 1000)]),
    unit(Time, "s/sec/secs/second/seconds", &[(1, 1)]),
    unit(Time, "min/mins/minute/minutes", &[(60, 1)]),
    unit(Time, "h/hr/hrs/hour/hours", &[(3600, 1)]),
    unit(Time, "day/days", &[(86_400, 1)]),
    unit(Time, "week/weeks", &[(604_800, 1)]),
    unit(
        Time,
        "month/months",
        &[
            (2_592_000, 1),
            (2_678_400, 1),
            (2_419_200, 1),
            (2_505_600, 1),
            (2_629_746, 1),
            (2_629_800, 1),
            (2_628_000, 1),
        ],
    ),
    unit(Time, "year/years", &[(31_536_000, 1), (31_622_400, 1), (31_556_952, 1), (31_557_600, 1), (31_449_600, 1)]),
    unit(Time, "decade/decades", &[(315_360_000, 1), (315_569_520, 1), (315_576_000, 1)]),
    unit(Time, "century/centuries", &[(3_153_600_000, 1), (3_155_695_200, 1), (3_155_760_000, 1)]),
    unit(Speed, "mph/miles per hour/miles an hour", &[(44_704, 100_000)]),
    unit(Speed, "kph/kmh/km/h/kilometers per hour/kilometres per hour/kilometers an hour", &[(1000, 3600)]),
    unit(Speed, "m/s/meters per second/metres per second", &[(1, 1)]),
    unit(Speed, "km/s/kilometers per second/kilometres per second", &[(1000, 1)]),
    unit(Speed, "ft/s/feet per second", &[(3048, 10_000)]),
    unit(Speed, "knot/knots", &[(1852, 3600)]),
    unit(Area, "m²/sq m/square meter/square meters/square metre/square metres", &[(1, 1)]),
    unit(Area, "cm²/square centimeter/square centimeters", &[(1, 10_000)]),
    unit(Area, "km²/sq km/square kilometer/square kilometers/square kilometre/square kilometres", &[(1_000_000, 1)]),
    unit(Area, "ft²/sq ft/square foot/square feet", &[(9_290_304, 100_000_000)]),
    unit(Area, "square inch/square inches/sq in/in²", &[(64_516, 100_000_000)]),
    unit(Area, "square yard/square yards/sq yd", &[(83_612_736, 100_000_000)]),
    unit(Area, "mi²/sq mi/square mile/square miles", &[(2_589_988_110_336, 1_000_000)]),
    unit(Area, "acre/acres", &[(40_468_564_224, 10_000_000)]),
    unit(Area, "ha/hectare/hectares", &[(10_000, 1)]),
    unit(Data, "bit/bits", &[(1, 8)]),
    unit(Data, "byte/bytes", &[(1, 1)]),
    unit(Data, "kb/kilobyte/kilobytes/kib/kibibyte/kibibytes", &[(1000, 1), (1024, 1)]),
    unit(Data, "mb/megabyte/megabytes/mib/mebibyte/mebibytes", &[(1_000_000, 1), (1_048_576, 1), (1_024_000, 1)]),
    unit(
        Data,
        "gb/gigabyte/gigabytes/gib/gibibyte/gibibytes",
        &[(1_000_000_000, 1), (1_073_741_824, 1), (1_024_000_000, 1)],
    ),
    unit(
        Data,
        "tb/terabyte/terabytes/tib/tebibyte/tebibytes",
        &[(1_000_000_000_000, 1), (1_099_511_627_776, 1), (1_024_000_000_000, 1)],
    ),
    unit(Data, "pb/petabyte/petabytes", &[(1_000_000_000_000_000, 1), (1_125_899_906_842_624, 1)]),
    unit(Temperature, "celsius/centigrade/°c/degrees c/degree celsius/degrees celsius/degrees centigrade", &[(1, 1)]),
    unit(Temperature, "fahrenheit/°f/degrees f/degree fahrenheit/degrees fahrenheit", &[(2, 1)]),
    unit(Temperature, "k/kelvin/kelvins", &[(3, 1)]),
    unit(Energy, "j/joule/joules", &[(1, 1)]),
    unit(Energy, "kj/kilojoule/kilojoules", &[(1000, 1)]),
    unit(Energy, "kcal/kilocalorie/kilocalories", &[(4184, 1), (41_868, 10)]),
    unit(Energy, "kwh/kilowatt-hour/kilowatt-hours/kilowatt hour/kilowatt hours", &[(3_600_000, 1)]),
    unit(Pressure, "pa/pascal/pascals", &[(1, 1)]),
    unit(Pressure, "kpa/kilopascal/kilopascals", &[(1000, 1)]),
    unit(Pressure, "bar/bars", &[(100_000, 1)]),
    unit(Pressure, "psi", &[(6_894_757, 1000)]),
    unit(Power, "w/watt/watts", &[(1, 1)]),
    unit(Power, "kw/kilowatt/kilowatts", &[(1000, 1)]),
    unit(Power, "hp/horsepower", &[(745_699_872, 1_000_000), (73_549_875, 100_000)]),
];

/// The unit of a name.
pub fn find(name: &str) -> Option<&'static Unit> {
    // Names with a slash stand in a list that slashes part.
    UNITS.iter().find(|unit| {
        unit.names.split('/').any(|known| known == name)
            || name.contains('/')
                && unit.names.split("/").count() > 1
                && format!("/{}/", unit.names).contains(&format!("/{name}/"))
    })
}

/// Its sizes as exact numbers.
pub fn sizes(unit: &Unit) -> impl Iterator<Item = Exact> + '_ {
    unit.sizes.iter().map(|&(above, below)| Exact::new(above, below))
}

/// Degrees Celsius of a temperature.
pub fn celsius(value: Exact, unit: &Unit) -> Option<Exact> {
    use num_traits::{CheckedAdd, CheckedMul, CheckedSub};
    match unit.sizes.first()? {
        (1, _) => Some(value),
        (2, _) => value.checked_sub(&Exact::from_integer(32))?.checked_mul(&Exact::new(5, 9)),
        _ => value.checked_add(&Exact::new(-27_315, 100)),
    }
}

/// A temperature of degrees Celsius in a unit.
pub fn of_celsius(value: Exact, unit: &Unit) -> Option<Exact> {
    use num_traits::{CheckedAdd, CheckedMul};
    match unit.sizes.first()? {
        (1, _) => Some(value),
        (2, _) => value.checked_mul(&Exact::new(9, 5))?.checked_add(&Exact::from_integer(32)),
        _ => value.checked_add(&Exact::new(27_315, 100)),
    }
}
