using System.Globalization;
using System.Xml.Linq;

namespace ReadOnlyGuard.Demo;

/// <summary>
/// An outage as a picture: what each application wrote, and what failed, in slices of 50 ms, one panel below the other.
/// </summary>
/// <remarks>
/// Plain SVG, whose letters the viewer draws: the plotting libraries draw them here, and a container without fonts would get a
/// picture without words. On a white ground of its own, so that it reads the same in a light and in a dark page.
/// </remarks>
static class FailoverPicture
{
    const double Slice = 50, Calm = 1000;
    const int Width = 960, Left = 56, Right = 24, Top = 44, Panel = 250, Bottom = 8;
    const int Title = 24, Labels = 92, Chart = 110;
    const string Good = "#0969da", Bad = "#d1242f", Ink = "#24292f", Faint = "#d0d7de";

    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Save(IReadOnlyList<Result> results, string path)
    {
        var height = Top + Panel * results.Count + Bottom;
        var most = results.Max(result => Math.Max(Slices(result, result.Acknowledged).Max(), Slices(result, result.Failed).Max()));
        var scale = new Scale(results.Max(result => result.End - result.Outage.Begin), most);
        var picture = Element("svg", [("viewBox", $"0 0 {Width} {height}"), ("width", Width), ("height", height), ("font-family", "system-ui, -apple-system, 'Segoe UI', sans-serif"), ("font-size", 12), ("fill", Ink)],
            [
                Element("rect", [("width", Width), ("height", height), ("rx", 8), ("fill", "white")]),
                .. Legend(),
                .. results.SelectMany((result, index) => DrawPanel(result, scale, Top + Panel * index)),
                Text(Width / 2, height - 12, "seconds since the primary was stopped", ("text-anchor", "middle")),
            ]);

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"{picture}\n");
        return path;
    }

    static IEnumerable<XElement> Legend()
    {
        var x = Left;
        foreach (var (name, color) in ((string, string)[])[("acknowledged writes per 50 ms", Good), ("failed writes per 50 ms", Bad)])
        {
            yield return Element("rect", [("x", x), ("y", 16), ("width", 12), ("height", 12), ("fill", color)]);
            yield return Text(x + 18, 26, name);
            x += 230;
        }
    }

    static IEnumerable<XElement> DrawPanel(Result result, Scale scale, int top)
    {
        var ground = top + Labels + Chart;
        var outcome = result.Recovered ? $"writes again {result.FirstSuccess:0} ms after it can reach a writable server" : "does not recover";
        yield return Text(Left, top + Title, $"{result.Site} the fix: {outcome}; {result.Failed.Count} failed writes", ("font-size", 15), ("font-weight", 600));

        for (var second = -(int)(Calm / 1000); second * 1000 <= scale.Length; second++)
        {
            yield return Line(scale.X(second * 1000), ground, scale.X(second * 1000), ground + 4, Ink);
            yield return Text(scale.X(second * 1000), ground + 17, second.ToString(CultureInfo.InvariantCulture), ("text-anchor", "middle"));
        }

        foreach (var part in (double[])[0, 0.5, 1])
        {
            var y = ground - Chart * part;
            yield return Line(Left, y, Width - Right, y, Faint);
            yield return Text(Left - 8, y + 4, Math.Round(scale.Most * part).ToString(CultureInfo.InvariantCulture), ("text-anchor", "end"));
        }

        yield return Steps(Slices(result, result.Acknowledged), scale, ground, Good);
        yield return Steps(Slices(result, result.Failed), scale, ground, Bad);

        foreach (var (index, happened) in result.Outage.Events.Index())
        {
            // Each label one line lower than the one before: they stand close together.
            var (x, y) = (scale.X(happened.At - result.Outage.Begin), top + Title + 18 + 14 * index);
            var mark = Line(x, y - 10, x, ground, Ink);
            mark.SetAttributeValue("stroke-dasharray", "2 3");
            yield return mark;
            yield return Text(x + 4, y, happened.What);
        }
    }

    /// <summary>A filled outline, one step for each slice.</summary>
    static XElement Steps(IEnumerable<int> slices, Scale scale, double ground, string color)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"M{scale.X(-Calm):0.#} {ground}");
        foreach (var (index, count) in slices.Index())
            path += string.Create(CultureInfo.InvariantCulture, $"V{ground - count * Chart / (double)scale.Most:0.#}H{scale.X(-Calm + (index + 1) * Slice):0.#}");
        return Element("path", [("d", string.Create(CultureInfo.InvariantCulture, $"{path}V{ground}Z")), ("fill", color), ("fill-opacity", 0.85)]);
    }

    static int[] Slices(Result result, IEnumerable<double> times)
    {
        var from = result.Outage.Begin - Calm;
        var slices = new int[(int)((result.End - from) / Slice)];
        foreach (var at in times)
        {
            if ((int)Math.Floor((at - from) / Slice) is var index && index >= 0 && index < slices.Length)
                slices[index]++;
        }

        return slices;
    }

    static XElement Line(double x1, double y1, double x2, double y2, string color) =>
        Element("line", [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2), ("stroke", color)]);

    static XElement Text(double x, double y, string text, params IEnumerable<(string, object)> attributes) =>
        Element("text", [("x", x), ("y", y), .. attributes], text);

    static XElement Element(string name, IEnumerable<(string Name, object Value)> attributes, params IEnumerable<object> content) =>
        new(Svg + name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value is double number ? Math.Round(number, 1) : attribute.Value)), content);

    /// <summary>One scale for all panels, or they could not be compared.</summary>
    readonly record struct Scale(double Length, int Most)
    {
        public double X(double milliseconds) => Left + (milliseconds + Calm) / (Length + Calm) * (Width - Left - Right);
    }
}
