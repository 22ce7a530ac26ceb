"""One step of many boxes at once, by NCAR's solver (多箱并行积分).

Traps of the solver, each guarded here: tolerances must be given before a state is made; with an absolute tolerance
above 1e-12 mol m-3 it returns nonsense and says that it converged; setting values cell by cell costs more than
solving, so whole arrays go in and out.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lantian.rules.voc_records import OzoneChemistry, Reaction
from lantian.science.boxmodel.mechanism import air_density
from lantian.science.composition import AVOGADRO
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.types import FloatArray

_CUBIC_CENTIMETRES = 1e6
_REFERENCE = 300.0
_MAX_STEPS = 100_000


def net_products(reaction: Reaction, held: frozenset[str]) -> dict[str, float]:
    """Products of a reaction that takes nothing from held species and adds nothing to them.

    A held species comes out as often as it goes in, so its change is exactly zero and no solver must be told.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> first = Rulebook.packaged().by_id("cb05").reactions[1]
    >>> first.reaction, net_products(first, frozenset({"NO2", "O3"}))
    ('O3 + NO -> NO2', {'O3': 1.0})
    """
    free = {name: count for name, count in reaction.products.items() if name not in held}
    return free | {name: count for name, count in reaction.reactants.items() if name in held}


class Boxes:
    """A number of boxes of one mechanism that are solved together.

    Parameters
    ----------
    chemistry : OzoneChemistry
        Mechanism, tolerances, background.
    held : frozenset of str
        Species that stay as they are set.
    count : int
        Number of boxes.
    """

    def __init__(self, chemistry: OzoneChemistry, held: frozenset[str], count: int) -> None:
        self._musica = _musica()
        self.chemistry = chemistry
        box = chemistry.box
        tolerance = float(box.absolute_tolerance)
        names = chemistry.species
        solver = self._musica.MICM(
            mechanism=self._mechanism(held),
            solver_type=self._musica.SolverType.rosenbrock,
            solver_parameters=self._musica.micm.solver_parameters.RosenbrockSolverParameters(
                relative_tolerance=float(box.relative_tolerance),
                absolute_tolerances=[tolerance] * len(names),
                max_number_of_steps=_MAX_STEPS,
            ),
        )
        taken = solver.get_solver_parameters()
        if taken.absolute_tolerances != [tolerance] * len(names) or taken.relative_tolerance > 0.01:
            raise HouseError(
                "the chemistry solver did not take its tolerances ({taken}); its results would be nonsense: use "
                "a version of musica that this program was tested with",
                taken=taken,
            )
        self._solver, self._count = solver, count
        self._width = len(solver.create_state(1).get_internal_state().concentrations) // len(names)
        self._state = solver.create_state(count)
        self._inner = self._state.get_internal_state()
        self._columns = _order(self._state.get_species_ordering(), names)
        lights = [f"PHOTO.{place}" for place, row in enumerate(chemistry.reactions) if row.form == "light"]
        self._lights = _order(self._state.get_user_defined_rate_parameters_ordering(), lights)
        self._light_names = [row.light for row in chemistry.reactions if row.form == "light"]

    def step(
        self, amounts: FloatArray, light: Mapping[str, float], temperature: float, pressure: float, seconds: float
    ) -> FloatArray:
        """Let the boxes react for a while under one weather.

        Parameters
        ----------
        amounts : array, shape (boxes, species)
            In the order of the mechanism. [mol m-3]
        light : mapping of str to float
            Photolysis rates. [s-1]
        temperature : float
            [K]
        pressure : float
            [hPa]
        seconds : float
            [s]

        Returns
        -------
        array, shape (boxes, species)
            [mol m-3]

        Raises
        ------
        HouseError
            If the solver did not converge, or says that it did and no atmosphere looks like its result.
        """
        from musica.micm.solver_result import SolverState

        rates = np.array([light[name] for name in self._light_names])
        self._write(self._inner.concentrations, amounts, self._columns)
        self._write(
            self._inner.user_defined_rate_parameters,
            np.broadcast_to(rates, (self._count, len(rates))),
            self._lights,
        )
        self._state.set_conditions([temperature] * self._count, [100 * pressure] * self._count)
        state = self._solver.solve(self._state, seconds).state
        found = self._read(self._inner.concentrations)
        if state != SolverState.Converged or not np.isfinite(found).all():
            raise HouseError(
                "the chemistry solver ended with {state} after a step of {seconds} s; nothing of this run is to "
                "be believed: look for absurd mixing ratios in the inputs",
                state=state,
                seconds=seconds,
            )
        self._guard_ozone(found, pressure, temperature)
        return found

    def _guard_ozone(self, amounts: FloatArray, pressure: float, temperature: float) -> None:
        place = self.chemistry.species.index("O3")
        ozone = amounts[:, place] / air_density(np.array(temperature), np.array(pressure)) * 1e9
        bound = float(self.chemistry.box.ozone_bound)
        if ozone.min() < -1e-3 or ozone.max() >= bound:
            raise HouseError(
                "the chemistry solver says that it converged, with ozone between {least} and {most} ppb where 0 "
                "to {bound} is possible; nothing of this run is to be believed",
                least=float(f"{ozone.min():.4g}"),
                most=float(f"{ozone.max():.4g}"),
                bound=bound,
            )

    def _write(self, vector: Any, values: FloatArray, columns: list[int]) -> None:
        """Lay an array of boxes and names out as the solver keeps it, and set it in one go."""
        width = self._width
        groups = -(-self._count // width)
        laid = np.zeros((groups * width, len(columns)))
        laid[: self._count, columns] = values
        filled = laid.reshape(groups, width, len(columns)).transpose(0, 2, 1).ravel()
        vector[0 : len(vector)] = type(vector)(filled.tolist())

    def _read(self, vector: Any) -> FloatArray:
        names = len(self._columns)
        laid = np.fromiter(vector, dtype=np.float64, count=len(vector)).reshape(-1, names, self._width)
        whole = laid.transpose(0, 2, 1).reshape(-1, names)
        return np.asarray(whole[: self._count, self._columns])

    def _mechanism(self, held: frozenset[str]) -> Any:
        """Write the mechanism as the solver wants it: in mol and m³, with exchange of air with the background."""
        written = self._musica.mechanism_configuration
        species = {name: written.Species(name=name) for name in self.chemistry.species}
        gas = written.Phase(name="gas", species=list(species.values()))
        reactions = []
        for place, row in enumerate(self.chemistry.reactions):
            sides = {
                "reactants": [(species[name], count) for name, count in row.reactants.items()],
                "products": [(species[name], count) for name, count in net_products(row, held).items()],
                "gas_phase": gas,
            }
            if row.form == "light":
                scale = float(row.scale or 0)
                reactions.append(written.Photolysis(name=str(place), scaling_factor=scale, **sides))
                continue
            order = sum(row.reactants.values())
            low = {"A": row.a, "B": row.b, "C": row.c}
            if row.form == "arrhenius":
                reactions.append(written.Arrhenius(D=_REFERENCE, E=0.0, **_in_mol(low, order), **sides))
                continue
            high = {"A": row.a_high, "B": row.b_high, "C": row.c_high}
            limits = {f"k0_{key}": value for key, value in _in_mol(low, order + 1).items()}
            limits |= {f"kinf_{key}": value for key, value in _in_mol(high, order).items()}
            reactions.append(written.Troe(Fc=float(row.broadening or 1), N=1.0, **limits, **sides))
        reactions += self._exchange(held, species, gas)
        return written.Mechanism(
            name="box", species=list(species.values()), phases=[gas], reactions=reactions,
            version=written.Version(1, 0, 0),
        )  # fmt: skip

    def _exchange(self, held: frozenset[str], species: Mapping[str, Any], gas: Any) -> list[Any]:
        """Background air comes in as fast as air of the box goes out."""
        written, box = self._musica.mechanism_configuration, self.chemistry.box
        rate, plain = float(box.exchange), {"B": 0.0, "C": 0.0, "D": _REFERENCE, "E": 0.0, "gas_phase": gas}
        out = [
            written.Arrhenius(A=rate, reactants=[(one, 1.0)], products=[], **plain)
            for name, one in species.items()
            if name not in held
        ]
        air = species["M"]
        brought = {name: float(ratio) * 1e-9 for name, ratio in box.background.items() if name not in held}
        inwards = [
            written.Arrhenius(
                A=rate * ratio, reactants=[(air, 1.0)], products=[(air, 1.0), (species[name], 1.0)], **plain
            )
            for name, ratio in brought.items()
        ]
        return (out + inwards) if rate else []


def _in_mol(constants: Mapping[str, Any], order: float) -> dict[str, float]:
    """Turn molecules and cm³ of a rate constant into mol and m³."""
    factor = (AVOGADRO / _CUBIC_CENTIMETRES) ** (order - 1)
    return {key: float(value) * (factor if key == "A" else 1.0) for key, value in constants.items()}


def _order(ordering: Mapping[str, int], names: tuple[str, ...] | list[str]) -> list[int]:
    if set(ordering) != set(names):
        raise HouseError(
            "the chemistry solver knows other names than the mechanism: {strange}; use a version of musica that "
            "this program was tested with",
            strange=sorted(set(ordering) ^ set(names)),
        )
    return [ordering[name] for name in names]


def _musica() -> Any:
    try:
        import musica
        import musica.mechanism_configuration
        import musica.micm.solver_parameters
    except ImportError as fault:
        raise CallerError(
            "the box model needs the chemistry solver musica, which is not installed ({fault}); install the "
            "extra: lantian[chem]",
            fault=fault,
        ) from fault
    return musica
