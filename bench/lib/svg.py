"""A plot as SVG, by hand: both axes logarithmic, one line for each series, its name at its end."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 380, 70, 170, 40, 50
# Told apart by people who do not see all colours (Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


def decades(values):
    return range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)


class Panel:
    """`series`: name -> [(size, milliseconds)]."""

    def __init__(self, title, x_label, series, top=0):
        self.title, self.x_label, self.series, self.top = title, x_label, series, top
        points = [point for line in series.values() for point in line]
        self.columns, self.rows = decades([x for x, _ in points]), decades([y for _, y in points])

    def x(self, value):
        span = max(1, self.columns[-1] - self.columns[0])
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(value) - self.columns[0]) / span

    def y(self, value):
        span = max(1, self.rows[-1] - self.rows[0])
        return self.top + HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(value) - self.rows[0]) / span

    def grid(self):
        low, high = self.top + HEIGHT - BOTTOM, self.top + TOP
        for power in self.columns:
            x = self.x(10**power)
            yield f'<line x1="{x:.1f}" y1="{low}" x2="{x:.1f}" y2="{high}" class="grid"/>'
            yield f'<text x="{x:.1f}" y="{low + 18}" text-anchor="middle">{10**power:,}</text>'
        for power in self.rows:
            y = self.y(10**power)
            yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" class="grid"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10**power:g} ms</text>'

    def names(self):
        """Where each line's name stands: at its end, apart from the others."""
        at = self.top + TOP
        for name, line in sorted(self.series.items(), key=lambda item: self.y(item[1][-1][1])):
            at = max(at + 15, self.y(line[-1][1]))
            yield name, at

    def draw(self):
        yield f'<text x="{LEFT}" y="{self.top + 22}" class="title">{escape(self.title)}</text>'
        yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{self.top + HEIGHT - 12}" text-anchor="middle">{escape(self.x_label)}</text>'
        yield from self.grid()
        places = dict(self.names())
        for colour, (name, line) in zip(COLOURS, self.series.items()):
            path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in line)
            yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield from (f'<circle cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3" fill="{colour}"/>' for x, y in line)
            yield f'<text x="{WIDTH - RIGHT + 10}" y="{places[name] + 4:.1f}" fill="{colour}">{escape(name)}</text>'


def plot(panels):
    """`panels`: (title, label of the sizes, series), one below the other."""
    body = []
    for number, (title, label, series) in enumerate(panels):
        body += Panel(title, label, series, number * HEIGHT).draw()
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT * len(panels)}" font-family="sans-serif" font-size="12">\n'
            "<style>.grid{stroke:#ddd}.title{font-size:14px;font-weight:bold}</style>\n"
            f'<rect width="{WIDTH}" height="{HEIGHT * len(panels)}" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n")
