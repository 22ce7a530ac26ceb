"""What the rule about dispersion holds: constants of the boundary layer and of the plume, each with its paper.

They are numbers of published formulae, not limits of the law; the edition says where each group comes from. Speeds
are in m/s, lengths in m, times in s, unless a field says otherwise.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Confidence, Edition, Number, Record

FourSeasons = tuple[Number, Number, Number, Number]
"""Spring, summer, autumn, winter without snow."""


class LandClass(Record):
    """A kind of ground and how it meets the air (下垫面类型)."""

    key: str
    title: str
    title_zh: str
    roughness: FourSeasons
    """Roughness length. [m]"""
    albedo: FourSeasons
    """At noon. [1]"""
    bowen: FourSeasons
    """Sensible over latent heat by day, average moisture. [1]"""
    confidence: Confidence


class EnergyBalance(Record):
    """Radiation and heat from routine observations (地表能量平衡)."""

    clear_sky_a: Number
    """Clear-sky radiation is this times the sine of the solar elevation … [W/m²]"""
    clear_sky_b: Number
    """… plus this. [W/m²]"""
    cloud_factor: Number
    cloud_power: Number
    """Clouds take `cloud_factor` × cover ^ `cloud_power` of it."""
    long_wave_c1: Number
    """[W m-2 K-6]"""
    long_wave_c2: Number
    """[W m-2]"""
    long_wave_c3: Number
    """[1]"""
    ground_share: Number = Field(ge=0, lt=1)
    """Share of the net radiation that goes into the ground by day."""
    least_flux: Number = Field(gt=0)
    """Sensible heat from here on makes an hour convective. [W/m²]"""
    albedo_a: Number
    albedo_b: Number
    """Albedo rises at low sun: r + (1 - r) exp(a·elevation + b·(1 - r)²), elevation in degrees."""


class SurfaceLayer(Record):
    """Friction velocity and Obukhov length (近地层参数)."""

    karman: Number
    night_scale: Number
    """Temperature scale of a clear night. [K]"""
    night_cloud: Number
    """Share of it that a full cover takes, times the cover squared."""
    stable_beta: Number
    greatest_loss: Number = Field(gt=0)
    """Greatest downward heat flux of a night. [W/m²]"""
    unstable_gamma: Number
    """φ_m = (1 - γ z/L) ^ -1/4."""
    stable_limit: Number
    stable_rate: Number
    """ψ_m = -limit (1 - exp(-rate z/L))."""
    least_length: Number = Field(gt=0)
    """Shortest Obukhov length of either sign. [m]"""
    least_wind: Number = Field(gt=0)
    """Wind at which turbulence of a calm hour is taken. [m/s]"""
    calm_below: Number = Field(ge=0)
    """Observed wind below this has no direction. [m/s]"""


class MixingRule(Record):
    """Height of the mixing layer (混合层高度)."""

    mechanical_factor: Number
    mechanical_power: Number
    """Mechanical height is factor × friction velocity ^ power. [m]"""
    memory_factor: Number
    """Time scale of its memory is height / (factor × friction velocity)."""
    entrainment: Number
    """The slab grows by (1 + 2 × this) times the heat."""
    morning_gradient: Number = Field(gt=0)
    """Of the potential temperature above the ground at sunrise. [K/m]"""
    gradient_above: Number = Field(gt=0)
    """Of the potential temperature above a convective layer. [K/m]"""
    least: Number = Field(gt=0)
    greatest: Number


class TurbulenceRule(Record):
    """Profiles of wind fluctuation (湍流廓线)."""

    lateral_mechanical: Number
    """σv² at the ground over u*²."""
    lateral_top: Number
    """Mechanical σv² at the mixing height is at most this. [m²/s²]"""
    lateral_convective: Number
    """Convective σv² over w*²."""
    vertical_mechanical: Number
    """Mechanical σw at the ground over u*."""
    vertical_convective_low: Number
    """σw² over w*² and (z/h)^⅔ up to a tenth of the mixing height."""
    vertical_convective: Number
    """σw² over w*² above that."""
    vertical_residual: Number
    """σw at the mixing height over the wind there; it grows with height from the ground."""
    least_vertical: Number
    """[m/s]"""
    least_lateral: Number
    """Floor of σv in an hour: meander. [m/s]"""
    averaging_power: Number
    """σv of a shorter average is that of the hour times (minutes / 60) ^ this."""
    least_gradient: Number
    """Least gradient of the potential temperature in a stable layer. [K/m]"""
    gradient_height: Number
    """Surface-layer gradients are used up to here and decay above. [m]"""
    gradient_decay: Number
    """Scale of that decay over the mixing height."""
    linear_below: Number
    """Below so many roughness lengths the wind falls linearly to the ground."""


class SpreadRule(Record):
    """How a plume widens (扩散参数)."""

    lateral_power: Number
    lateral_factor: Number
    """σy = σv t / (1 + α X)^power, X = σv t / h, α = factor × height / release height …"""
    lateral_height: Number
    lateral_least: Number
    """… with release height at least `lateral_height`, and α at least this."""
    stable_factor: Number
    """σz near a stable ground: √(2/π) u* t (1 + factor x/L)^-⅓."""
    unstable_factor: Number
    """σz near a convective ground: factor (u*/u)² x²/|L|."""
    length_height: Number
    """Mixing length over height above a neutral ground."""
    length_stable: Number
    """Mixing length over σw/N in a stable layer."""
    low_share: Number
    """Share of σw t that a ground release gets in a convective layer, rising to 1 at a tenth of its height."""
    wind_at: Number
    """A plume at the ground moves with the wind at this times σz."""
    rise_share: Number
    """A rising plume widens by this share of its rise, over √2."""
    reflection_stable: Number
    """A stable layer reflects no lower than so many σz above the plume."""


class RiseRule(Record):
    """How a plume rises (烟气抬升)."""

    gradual: Number
    entrainment: Number
    """β of the momentum part."""
    distance_low: Number
    distance_high: Number
    flux_split: Number
    """Buoyancy flux from which the second law of final distance holds. [m⁴/s³]"""
    power_low: Number
    power_high: Number
    momentum: Number
    """Momentum rise at most this × diameter × exit velocity / wind."""
    stable: Number
    """Final buoyant rise in a stable layer: this × (F/(u N²))^⅓."""
    stable_momentum: Number
    """Final momentum rise in a stable layer: this × (Fm/(u N))^⅓."""
    stable_calm: Number
    """Final buoyant rise without wind: this × F^¼ N^-¾."""
    downwash_ratio: Number
    downwash_depth: Number
    """Stack tip: height falls by depth × diameter × (ratio - exit velocity / wind)."""
    least_wind: Number
    """Rise is computed with at least this wind. [m/s]"""
    plume_top: Number
    """Top of a rising plume over its rise; its bottom is symmetric. Decides what part passes an inversion."""


class LowWind(Record):
    """Where a plume becomes a cloud (静风小风)."""

    puff_below: Number = Field(gt=0)
    """Wind below this times σv is computed as integrated puffs …"""
    height: Number = Field(gt=0)
    """… both taken at the plume's axis, but no lower than here. [m]"""
    longest: Number = Field(gt=0)
    """Oldest puff that counts. [s]"""
    nodes_per_factor: Number = Field(ge=1)
    """Points of the integral for each factor e of age."""


class Ranges(Record):
    """Where the kernel was shown to hold (适用范围)."""

    nearest: Number
    """[m]"""
    farthest: Number
    """[m]"""
    least_wind: Number
    """Hours below are told as weak winds. [m/s]"""


class SpeciesRule(Record):
    """One substance and its fate on the way (物种去除与转化)."""

    key: str
    title: str
    title_zh: str
    deposition: Number = Field(default=0, validate_default=True, ge=0)
    """Dry deposition velocity. [m/s]"""
    settling: Number = Field(default=0, validate_default=True, ge=0)
    """[m/s]"""
    scavenging: Number = Field(default=0, validate_default=True, ge=0)
    """Washout in rain of 1 mm/h. [1/s]"""
    scavenging_power: Number = Field(default=0, validate_default=True, ge=0)
    """Power of the rain."""
    day: Number = Field(default=0, validate_default=True, ge=0)
    """First-order conversion by day. [1/h]"""
    night: Number = Field(default=0, validate_default=True, ge=0)
    """By night. [1/h]"""
    parent: str = ""
    """Emitted substance of which this is the product; empty for what is emitted itself."""
    mass_ratio: Number = Field(default=0, validate_default=True, ge=0)
    """Mass of the product per mass of parent converted. [1]"""
    confidence: Confidence
    source: str


class TerrainRule(Record):
    """How a hill stands in the plume (地形)."""

    least_share: Number = Field(ge=0, le=1)
    """Share of the plume that meets the hill although the flow would climb it."""


class PlumeRule(Edition):
    """Constants of the boundary layer and the plume (大气扩散参数)."""

    subject_name: ClassVar[str] = "plume"
    method: Literal["similarity"]
    season_of_month: tuple[int, ...] = Field(min_length=12, max_length=12)
    """Season of each month: 0 spring, 1 summer, 2 autumn, 3 winter."""
    land: tuple[LandClass, ...] = Field(min_length=1)
    energy: EnergyBalance
    surface: SurfaceLayer
    mixing: MixingRule
    turbulence: TurbulenceRule
    spread: SpreadRule
    rise: RiseRule
    low_wind: LowWind
    terrain: TerrainRule
    ranges: Ranges
    species: tuple[SpeciesRule, ...]
    golder_a: tuple[Number, ...] = Field(min_length=6, max_length=6)
    golder_b: tuple[Number, ...] = Field(min_length=6, max_length=6)
    """1/L of the middle of class A … F is a + b log10(roughness). [1/m]"""

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        for what, keys in (
            ("land", [row.key for row in self.land]),
            ("species", [row.key for row in self.species]),
        ):
            if len(set(keys)) < len(keys):
                msg = f"{what} names something twice: {keys}"
                raise ValueError(msg)
        primary = {row.key for row in self.species if not row.parent}
        for row in self.species:
            if row.parent and (row.parent not in primary or row.mass_ratio <= 0):
                msg = f"{row.key} needs an emitted parent and a mass ratio"
                raise ValueError(msg)
        return self

    def land_class(self, key: str) -> LandClass:
        """Return a kind of ground by its key."""
        for row in self.land:
            if row.key == key:
                return row
        raise KeyError(key)

    def species_of(self, key: str) -> SpeciesRule:
        """Return a substance by its key."""
        for row in self.species:
            if row.key == key:
                return row
        raise KeyError(key)


PLUME_SUBJECTS: dict[str, type[Edition]] = {"plume": PlumeRule}
"""Subject about dispersion."""
