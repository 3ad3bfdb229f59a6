"""Small projects that the tests of commands run."""

NUMBERS = '''
import lading as dg

@dg.asset
def numbers() -> list[int]:
    """Three numbers."""
    return [1, 2, 3]

@dg.asset
def squares(numbers: list[int]) -> list[int]:
    return [number * number for number in numbers]

@dg.asset(group_name="sums", kinds={"python"})
def total(context, squares: list[int]) -> int:
    print("adding up")
    context.log.info("three of them")
    return sum(squares)

defs = dg.Definitions(assets=[numbers, squares, total], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
'''

WEATHER = '''
import lading as dg

days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-01-04")

@dg.asset(partitions_def=days)
def readings(context) -> list[float]:
    """Three made-up temperatures a day."""
    day = int(context.partition_key[-2:])
    return [day + 0.5, day + 7.0, day + 3.25]

@dg.asset
def warmest(readings: dict[str, list[float]]) -> str:
    """The day with the highest reading."""
    return max(readings, key=lambda day: max(readings[day]))

defs = dg.Definitions(assets=[readings, warmest], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
'''

FAILING = """
import lading as dg

@dg.asset
def numbers():
    return [1, 2]

@dg.asset
def ratio(numbers):
    zero = len(numbers) - 2
    return sum(numbers) / zero

@dg.asset
def report(ratio):
    return ratio

defs = dg.Definitions(assets=[numbers, ratio, report], resources={"io_manager": dg.TypedIOManager(base_dir="data")})
"""
