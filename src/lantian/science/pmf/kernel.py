"""The compiled solver: weighted block-coordinate descent with extrapolation, one member after the other.

A member is one fit of its own: a start, a resample, a displaced element. Everything is laid out with the samples
last, so that the processor works on many samples at once: ``scores`` factor by sample, ``loads`` factor by
species, sheets of weights species by sample. A half step fills the normal matrices of one side from the other as
it is, and then takes exact steps along each coordinate within its bounds. Each member is computed in one order of
its own and none knows of another, so callers may run them on threads: the lock of the interpreter is given back.

All of it stands in one file, because the compiler's cache looks at the file of the outermost function only.
"""

import numpy as np
from numba import njit

HUGE = 1e300
"""Stands for no bound; the compiled code knows no infinity."""
WINDOW = 5
"""Iterations over which the decrease of Q is judged; two such stretches in a row must bring little."""
_INNER = 2
"""Sweeps over the coordinates in one half step."""
_FIRST, _SHRINK, _GROW, _GROW_LIMIT = 0.5, 1.5, 1.01, 1.005
"""Extrapolation: first weight, what a restart divides it by, growth of the weight and of its limit."""
_SWEEPS_OF_MEAN, _MEAN_SURE = 60, 1e-12


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def _packed(a, b):  # type: ignore[no-untyped-def]
    """Place of a pair of factors in a packed matrix."""
    return a * (a + 1) // 2 + b if a >= b else b * (b + 1) // 2 + a


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _combine(factors, sheet, line):  # type: ignore[no-untyped-def]
    """Add to a line the rows of a sheet, each times its factor."""
    rows, samples = sheet.shape
    whole = rows - rows % 4
    for j in range(0, whole, 4):
        c0, c1, c2, c3 = factors[j], factors[j + 1], factors[j + 2], factors[j + 3]
        for i in range(samples):
            line[i] += c0 * sheet[j, i] + c1 * sheet[j + 1, i] + c2 * sheet[j + 2, i] + c3 * sheet[j + 3, i]
    for j in range(whole, rows):
        c0 = factors[j]
        for i in range(samples):
            line[i] += c0 * sheet[j, i]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _products(rows, line, out):  # type: ignore[no-untyped-def]
    """Multiply a line with every row of a sheet; the sums go down a column."""
    many, samples = rows.shape
    whole = many - many % 4
    for p in range(0, whole, 4):
        t0, t1, t2, t3 = 0.0, 0.0, 0.0, 0.0
        for i in range(samples):
            value = line[i]
            t0 += value * rows[p, i]
            t1 += value * rows[p + 1, i]
            t2 += value * rows[p + 2, i]
            t3 += value * rows[p + 3, i]
        out[p], out[p + 1], out[p + 2], out[p + 3] = t0, t1, t2, t3
    for p in range(whole, many):
        t0 = 0.0
        for i in range(samples):
            t0 += line[i] * rows[p, i]
        out[p] = t0


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _normal_scores(sheets, loads, lean, room):  # type: ignore[no-untyped-def]
    """Fill the packed normal matrices and right sides of all samples."""
    normal, right = room[0], room[1]
    factors, species = loads.shape
    product = np.empty(species)
    for a in range(factors):
        for b in range(a + 1):
            for j in range(species):
                product[j] = loads[a, j] * loads[b, j]
            line = normal[_packed(a, b)]
            if a == b:
                line[:] = 0.0
            else:
                line[:] = lean
            _combine(product, sheets[0], line)
        right[a, :] = 0.0
        _combine(loads[a], sheets[1], right[a])


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _normal_loads(sheets, scores, counts, lean, room, pairs, counted):  # type: ignore[no-untyped-def]
    """Fill the packed normal matrices and right sides of all species."""
    normal, right = room[0], room[1]
    factors, samples = scores.shape
    species = sheets[0].shape[0]
    for a in range(factors):
        for i in range(samples):
            counted[a, i] = counts[i] * scores[a, i]
        for b in range(a + 1):
            line = pairs[_packed(a, b)]
            for i in range(samples):
                line[i] = counted[a, i] * scores[b, i]
    sums, sides = np.empty(pairs.shape[0]), np.empty(factors)
    for j in range(species):
        _products(pairs, sheets[0][j], sums)
        _products(counted, sheets[1][j], sides)
        for a in range(factors):
            right[a, j] = sides[a]
            for b in range(a + 1):
                p = _packed(a, b)
                normal[p, j] = sums[p] + (lean[j] if a != b else 0.0)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _descend(side, limits, held, room):  # type: ignore[no-untyped-def]
    """Take exact steps along every coordinate but a held factor's; the slopes are those at the end."""
    low, high, stiff, push = limits
    normal, right, slope, inverse, step = room
    factors, rows = side.shape
    for a in range(factors):
        line, curve = slope[a], normal[_packed(a, a)]
        for i in range(rows):
            line[i] = right[a, i] + push[a, i] - stiff[a, i] * side[a, i]
            full = curve[i] + stiff[a, i]
            inverse[a, i] = 1.0 / full if full > 0.0 else 0.0
        for b in range(factors):
            other = normal[_packed(a, b)]
            for i in range(rows):
                line[i] -= other[i] * side[b, i]
    for _ in range(_INNER):
        for a in range(factors):
            if not held[a]:
                for i in range(rows):
                    new = min(high[a, i], max(low[a, i], side[a, i] + slope[a, i] * inverse[a, i]))
                    step[i] = new - side[a, i]
                    side[a, i] = new
                _follow(a, stiff, room, factors, rows)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def _follow(a, stiff, room, factors, rows):  # type: ignore[no-untyped-def]
    """Bring all slopes up to date after a step along one factor."""
    normal, _, slope, _, step = room
    for b in range(factors):
        other = normal[_packed(a, b)]
        for i in range(rows):
            slope[b, i] -= other[i] * step[i]
    for i in range(rows):
        slope[a, i] -= stiff[a, i] * step[i]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _hold_mean(side, limits, counts, a, room):  # type: ignore[no-untyped-def]
    """Minimise over one factor's whole line while its mean over the counted samples stays 1."""
    low, high, stiff, _ = limits
    slope, inverse, step = room[2], room[3], room[4]
    factors, rows = side.shape
    wanted = 0.0
    for i in range(rows):
        wanted += counts[i]
    multiplier, below, above = 0.0, -HUGE, HUGE
    for _ in range(_SWEEPS_OF_MEAN):
        total, steep = 0.0, 0.0
        for i in range(rows):
            free = side[a, i] + (slope[a, i] - multiplier) * inverse[a, i]
            new = min(high[a, i], max(low[a, i], free))
            steep += counts[i] * inverse[a, i] if new == free else 0.0
            total += counts[i] * new
            step[i] = new - side[a, i]
        if abs(total - wanted) <= _MEAN_SURE * wanted:
            break
        if total > wanted:
            below = multiplier
        else:
            above = multiplier
        after = multiplier + (total - wanted) / steep if steep > 0.0 else HUGE
        if after <= below or after >= above:
            if below > -HUGE and above < HUGE:
                after = 0.5 * (below + above)
            elif above < HUGE:  # every sample lies at its lower bound: the steepest is the first to leave it
                after = above - 1.0 - 2.0 * abs(above)
            else:
                after = below + 1.0 + 2.0 * abs(below)
        multiplier = after
    for i in range(rows):
        side[a, i] += step[i]
    _follow(a, stiff, room, factors, rows)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _tie(loads, limits, ties, room):  # type: ignore[no-untyped-def]
    """Minimise over pairs of species of a factor that a spring draws to a ratio."""
    stiff = limits[2]
    normal, slope = room[0], room[2]
    for t in range(ties.shape[0]):
        a, first, second = int(ties[t, 0]), int(ties[t, 1]), int(ties[t, 2])
        ratio, spring = ties[t, 3], ties[t, 4]
        curve = normal[_packed(a, a)]
        one, two = curve[first] + stiff[a, first], curve[second] + stiff[a, second]
        top, side = slope[a, first] + one * loads[a, first], slope[a, second] + two * loads[a, second]
        one, two, bond = one + spring, two + spring * ratio * ratio, spring * ratio
        size = one * two - bond * bond
        if size <= 0.0:
            continue
        x, y = (top * two + side * bond) / size, (side * one + top * bond) / size
        if x < 0.0:
            x, y = 0.0, side / two
        elif y < 0.0:
            x, y = top / one, 0.0
        loads[a, first], loads[a, second] = max(x, 0.0), max(y, 0.0)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _value(scores, squares, counts, push, room):  # type: ignore[no-untyped-def]
    """Q, with what springs, pushes and leaning of the contributions add, from the slopes after a half step."""
    right, slope = room[1], room[2]
    factors, samples = scores.shape
    q = 0.0
    for i in range(samples):
        q += counts[i] * squares[i]
    for a in range(factors):
        part = 0.0
        for i in range(samples):
            part += counts[i] * scores[a, i] * (slope[a, i] + right[a, i] + push[a, i])
        q -= part
    return q


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _penalty(side, stiff, push, lean, counts):  # type: ignore[no-untyped-def]
    """Sum up what springs and pushes on a side, and leaning of its factors, add to Q."""
    extra = 0.0
    factors, rows = side.shape
    for a in range(factors):
        for i in range(rows):
            extra += counts[i] * side[a, i] * (stiff[a, i] * side[a, i] - 2.0 * push[a, i])
        for b in range(a):
            for i in range(rows):
                extra += 2.0 * counts[i] * lean[i] * side[a, i] * side[b, i]
    return extra


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _bond(loads, ties):  # type: ignore[no-untyped-def]
    """Sum up what the springs of ratios add to Q."""
    extra = 0.0
    for t in range(ties.shape[0]):
        a, first, second = int(ties[t, 0]), int(ties[t, 1]), int(ties[t, 2])
        extra += ties[t, 4] * (loads[a, first] - ties[t, 3] * loads[a, second]) ** 2
    return extra


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _rest(values, scores, loads, j, line):  # type: ignore[no-untyped-def]
    """Residuals of one species."""
    for i in range(scores.shape[1]):
        line[i] = values[j, i]
    for a in range(scores.shape[0]):
        load = loads[a, j]
        for i in range(scores.shape[1]):
            line[i] -= load * scores[a, i]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _reweigh(values, weights, scores, loads, counts, limit, sheets):  # type: ignore[no-untyped-def]
    """Weigh elements beyond the limit down, fill the sheets, return the loss that this minimises."""
    straight, weighted, squares = sheets
    species, samples = values.shape
    line = np.empty(samples)
    squares[:] = 0.0
    loss = 0.0
    for j in range(species):
        _rest(values, scores, loads, j, line)
        for i in range(samples):
            scaled = abs(line[i]) * np.sqrt(weights[j, i])
            within = min(scaled, limit)
            loss += counts[i] * within * (2.0 * scaled - within)
            weight = weights[j, i] * (limit / max(scaled, limit))
            straight[j, i] = weight
            weighted[j, i] = weight * values[j, i]
            squares[i] += weight * values[j, i] * values[j, i]
    return loss


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _true(values, weights, scores, loads, counts):  # type: ignore[no-untyped-def]
    """Q of a fit from its residuals."""
    species, samples = values.shape
    line = np.empty(samples)
    q = 0.0
    for j in range(species):
        _rest(values, scores, loads, j, line)
        for i in range(samples):
            q += counts[i] * weights[j, i] * line[i] * line[i]
    return q


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _stride(new, old, ahead, low, high, held, weight):  # type: ignore[no-untyped-def]
    """Go on in the direction of the last step, within the bounds; remember where the step ended."""
    for a in range(new.shape[0]):
        by = 0.0 if held[a] else weight
        for i in range(new.shape[1]):
            ahead[a, i] = min(high[a, i], max(low[a, i], new[a, i] + by * (new[a, i] - old[a, i])))
            old[a, i] = new[a, i]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _step_scores(scores, loads, sheets, counts, limits, held, lean, room):  # type: ignore[no-untyped-def]
    """Half a step: contributions in place, profiles as they are; returns Q and what the contributions add."""
    _normal_scores(sheets, loads, lean, room)
    _descend(scores, limits, held, room)
    for a in range(scores.shape[0]):
        if held[a]:
            _hold_mean(scores, limits, counts, a, room)
    return _value(scores, sheets[2], counts, limits[3], room)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _step_loads(  # type: ignore[no-untyped-def]
    loads, scores, sheets, counts, limits, ties, lean, room, pairs, counted
):
    """Half a step: profiles in place, contributions as they are."""
    low, high = limits[0], limits[1]
    for t in range(ties.shape[0]):  # tied elements move together, afterwards
        for n in range(1, 3):
            a, j = int(ties[t, 0]), int(ties[t, n])
            low[a, j] = high[a, j] = loads[a, j]
    _normal_loads(sheets, scores, counts, lean, room, pairs, counted)
    _descend(loads, limits, np.zeros(loads.shape[0], dtype=np.bool_), room)
    for t in range(ties.shape[0]):
        for n in range(1, 3):
            a, j = int(ties[t, 0]), int(ties[t, n])
            low[a, j], high[a, j] = 0.0, HUGE
    _tie(loads, limits, ties, room)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _room(factors, rows):  # type: ignore[no-untyped-def]
    """Make room for normal matrices, right sides, slopes, reciprocal curvatures and a step."""
    width = factors * (factors + 1) // 2
    return (
        np.empty((width, rows)),
        np.empty((factors, rows)),
        np.empty((factors, rows)),
        np.empty((factors, rows)),
        np.empty(rows),
    )


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _member(  # type: ignore[no-untyped-def]
    values, weights, sheets, counts, scores, loads, on_scores, on_loads, held, ties, leans, robust, stop, most
):
    """Fit one member in place; returns its Q and the iterations it took."""
    factors, samples = scores.shape
    species = loads.shape[1]
    room_scores, room_loads = _room(factors, samples), _room(factors, species)
    pairs, counted = np.empty((factors * (factors + 1) // 2, samples)), np.empty((factors, samples))
    lean_scores, lean_loads = leans
    single, nobody = np.ones(species), np.zeros(factors, dtype=np.bool_)
    own_loads = (on_loads[0].copy(), on_loads[1].copy(), on_loads[2], on_loads[3])
    far_scores, far_loads = scores.copy(), loads.copy()
    new_scores, new_loads = scores.copy(), loads.copy()
    weight, limit, last, mark = _FIRST, 1.0, HUGE, HUGE
    done, calm, turn = 0, 0, WINDOW
    while done < most:
        done += 1
        loss = _reweigh(values, weights, far_scores, far_loads, counts, robust, sheets) if robust < HUGE else 0.0
        new_scores[:] = far_scores
        level = _step_scores(new_scores, far_loads, sheets, counts, on_scores, held, lean_scores, room_scores)
        if robust < HUGE:
            level = loss + _penalty(far_scores, on_scores[2], on_scores[3], lean_scores, counts)
        level += _penalty(far_loads, on_loads[2], on_loads[3], lean_loads, single) + _bond(far_loads, ties)
        if level > last:  # went too far: back to where the last steps ended, and on with less
            far_scores[:] = scores
            far_loads[:] = loads
            limit, weight, last = weight, weight / _SHRINK, HUGE
            continue
        last = level
        _stride(new_scores, scores, far_scores, on_scores[0], on_scores[1], held, weight)
        new_loads[:] = far_loads
        _step_loads(new_loads, far_scores, sheets, counts, own_loads, ties, lean_loads, room_loads, pairs, counted)
        _stride(new_loads, loads, far_loads, on_loads[0], on_loads[1], nobody, weight)
        limit = min(1.0, limit * _GROW_LIMIT)
        weight = min(limit, weight * _GROW)
        if done >= turn:
            calm = calm + 1 if mark - level <= stop * abs(level) else 0
            if calm == 2:
                break
            mark, turn = level, done + WINDOW
    for _ in range(2):  # two plain steps: the end lies on no extrapolation
        if robust < HUGE:
            _reweigh(values, weights, scores, loads, counts, robust, sheets)
        _step_scores(scores, loads, sheets, counts, on_scores, held, lean_scores, room_scores)
        _step_loads(loads, scores, sheets, counts, own_loads, ties, lean_loads, room_loads, pairs, counted)
    return _true(values, weights, scores, loads, counts), done


@njit(cache=True, nogil=True, inline="always")
def _own(member, held):  # type: ignore[no-untyped-def]
    """Place of a member in what is either one for all or one each."""
    return np.int64(member) if held > 1 else np.int64(0)


@njit(cache=True, nogil=True)
def fit_members(  # type: ignore[no-untyped-def]
    values, weights, counts, scores, loads, score_limits, load_limits, held, ties, leans, robust, stop, most
):
    """Fit every member in place.

    Parameters
    ----------
    values, weights : array, shape (n_species, n_samples)
        Concentrations and reciprocal squared uncertainties; no NaN.
    counts : array, shape (1 or n_members, n_samples)
        How often each sample counts.
    scores, loads : array, shape (n_members, n_factors, n_samples or n_species)
        Start and result.
    score_limits, load_limits : array, shape (4, 1 or n_members, n_factors, n_samples or n_species)
        Lower bound, upper bound, stiffness of a spring, push; a sample's count as often as the sample.
    held : array of bool, shape (1 or n_members, n_factors)
        Factors whose mean contribution stays 1.
    ties : array, shape (n_ties, 5)
        Factor, two species, ratio of the first to the second, stiffness.
    leans : tuple of array, shapes (n_samples,) and (n_species,)
        Penalty on what contributions, and what profiles, of two factors have in common.
    robust : float
        Scaled residual from which an element counts less; `HUGE` for never.
    stop : array, shape (1 or n_members,)
        Relative decrease of Q over `WINDOW` iterations that ends a fit.
    most : int
        Most iterations.

    Returns
    -------
    q : array, shape (n_members,)
        With the weights as they were given, without what springs and pushes add.
    iterations : array, shape (n_members,)
    """
    members = scores.shape[0]
    q, iterations = np.empty(members), np.empty(members, dtype=np.int64)
    weighted, squares = weights * values, np.zeros(values.shape[1])
    for j in range(values.shape[0]):
        squares += weighted[j] * values[j]
    for s in range(members):
        count = counts[_own(s, counts.shape[0])]
        t, u = _own(s, score_limits.shape[1]), _own(s, load_limits.shape[1])
        on_scores = (score_limits[0, t], score_limits[1, t], score_limits[2, t], score_limits[3, t])
        on_loads = (load_limits[0, u], load_limits[1, u], load_limits[2, u], load_limits[3, u])
        hold = held[_own(s, held.shape[0])]
        sheets = (
            (weights.copy(), weighted.copy(), squares.copy()) if robust < HUGE else (weights, weighted, squares)
        )
        q[s], iterations[s] = _member(
            values, weights, sheets, count, scores[s], loads[s], on_scores, on_loads, hold, ties, leans, robust,
            stop[_own(s, stop.shape[0])], most,
        )  # fmt: skip
    return q, iterations
