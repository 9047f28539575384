"""The folder of results: points.ndjson and the records beside it."""
import json


class Results:
    """Writes every point as it comes, so that a run that is cut off keeps what it has."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # What another run left would be mixed with this one's.
        for pattern in ("points.ndjson", "environment.json", "ramp.json", "goals.json", "load-*.json", "load-*.hgrm",
                        "report.*"):
            for file in folder.glob(pattern):
                file.unlink()
        self.file = open(folder / "points.ndjson", "w", encoding="utf-8")
        self.points = []

    def add(self, group, workload, contender, round_number, value, unit, p50=None, p99=None):
        point = {"group": group, "workload": workload, "contender": contender, "round": round_number,
                 "value": value, "unit": unit}
        if p50 is not None:
            point["p50"], point["p99"] = p50, p99
        self.add_point(point)

    def add_point(self, point):
        self.points.append(point)
        self.file.write(json.dumps(point) + "\n")
        self.file.flush()

    def write(self, name, record):
        text = json.dumps(record, indent=2, ensure_ascii=False, sort_keys=True)
        (self.folder / name).write_text(text + "\n", encoding="utf-8")

    def values(self, group, workload, contender, unit):
        return {point["round"]: point["value"] for point in self.points
                if (point["group"], point["workload"], point["contender"], point["unit"])
                == (group, workload, contender, unit)}
