using System.Globalization;

namespace Exports.Engine.Tests;

#pragma warning disable ORLEANS0004 // One member has no [Id] on purpose.
[GenerateSerializer]
internal sealed record Letter(
#pragma warning restore ORLEANS0004
    [property: Id(0)] string From,
    [property: Id(1)] List<string> Lines,
    [property: Id(2)] Dictionary<string, int> Labels,
    [property: Id(3)] int[] Numbers,
    [property: Id(4)] Letter? Reply)
{
    public string? Scratch { get; set; }

    public static Letter Sample() =>
        new("me", ["one", "two"], new() { ["a"] = 1 }, [1, 2, 3], new Letter("you", ["yes"], [], [], null));

    public override string ToString() =>
        $"{From}: {string.Join("|", Lines)} {string.Join("|", Labels)} {string.Join("|", Numbers)} re ({Reply})";
}

[GenerateSerializer]
internal sealed class Parcel
{
    [Id(0)]
    public bool Flag { get; set; }

    [Id(1)]
    public byte[] Bytes { get; init; } = [];

    [Id(2)]
    public string? Text { get; set; }

    [Id(3)]
    public long? Number { get; set; }

    [Id(4)]
    public decimal Price { get; set; }

    [Id(5)]
    public DateTimeOffset When { get; set; }

    [Id(6)]
    public TimeSpan Duration { get; set; }

    [Id(7)]
    public Guid Id { get; set; }

    [Id(8)]
    public DayOfWeek Day { get; set; }

    [Id(9)]
    public List<string> Texts { get; set; } = [];

    [Id(10)]
    public HashSet<int> Set { get; set; } = [];

    [Id(11)]
    public Dictionary<string, List<int>> Lists { get; set; } = [];

    [Id(12)]
    public Dictionary<string, string> Insensitive { get; set; } = [];

    [Id(13)]
    public (int Item1, List<int> Item2) Pair { get; set; }

    [Id(14)]
    public Spot Spot { get; set; }

    [Id(15)]
    public List<Shape> Shapes { get; set; } = [];

    [Id(16)]
    public IReadOnlyList<Spot?> Spots { get; set; } = [];

    [Id(17)]
    public Queue<int> Queue { get; set; } = new();

    [Id(18)]
    public Stack<int> Stack { get; set; } = new();

    [Id(19)]
    public SortedDictionary<string, int> Sorted { get; set; } = [];

    [Id(20)]
    public Tuple<int, string>? Tuple { get; set; }

    [Id(21)]
    public Uri? Link { get; set; }

    [Id(22)]
    public Version? Version { get; set; }

    [Id(23)]
    public object? Anything { get; set; }

    [Id(24)]
    public string?[] Array { get; set; } = [];

    [Id(25)]
    public int Field = 1;

    public static Parcel Sample() => new()
    {
        Flag = true,
        Bytes = [1, 2, 3],
        Text = "text",
        Number = long.MaxValue,
        Price = 1.5m,
        When = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
        Duration = TimeSpan.FromMilliseconds(12345),
        Id = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Day = DayOfWeek.Friday,
        Texts = ["a", "b"],
        Set = [3, 4],
        Lists = new() { ["x"] = [1, 2] },
        Insensitive = new(StringComparer.OrdinalIgnoreCase) { ["key"] = "value" },
        Pair = (1, [5, 6]),
        Spot = new Spot(1, 2),
        Shapes = [new Shape { Name = "shape" }, new Circle { Name = "circle", Radius = 3 }],
        Spots = new List<Spot?> { new Spot(3, 4), null },
        Queue = new([1, 2]),
        Stack = new([1, 2]),
        Sorted = new() { ["b"] = 2, ["a"] = 1 },
        Tuple = new(7, "seven"),
        Link = new Uri("https://example.com/x"),
        Version = new Version(1, 2, 3),
        Anything = new List<int> { 9 },
        Array = ["p", null],
        Field = 42,
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Flag} {Convert.ToHexString(Bytes)} {Text} {Number} {Price} {When:O} {Duration} {Id} {Day} {string.Join("|", Texts)}
        {string.Join("|", Set)} {string.Join("|", Lists.Select(pair => pair.Key + string.Join("+", pair.Value)))}
        {string.Join("|", Insensitive)} {Pair.Item1} {string.Join("|", Pair.Item2)} {Spot} {string.Join("|", Shapes)}
        {string.Join("|", Spots)} {string.Join("|", Queue)} {string.Join("|", Stack)} {string.Join("|", Sorted)} {Tuple} {Link}
        {Version} {string.Join("|", (List<int>?)Anything ?? [])} {string.Join("|", Array)} {Field}
        """);
}

[GenerateSerializer]
internal readonly record struct Spot([property: Id(0)] int X, [property: Id(1)] int Y);

[GenerateSerializer]
internal class Shape
{
    [Id(0)]
    public string Name { get; set; } = string.Empty;

    public override string ToString() => Name;
}

[GenerateSerializer]
internal sealed class Circle : Shape
{
    [Id(0)]
    public int Radius { get; set; }

    public override string ToString() => $"{Name} {Radius}";
}

[GenerateSerializer]
internal sealed class Node
{
    [Id(0)]
    public string Name { get; set; } = string.Empty;

    [Id(1)]
    public Node? Next { get; set; }
}

[GenerateSerializer]
[Immutable]
internal sealed class Stamp
{
    [Id(0)]
    public string Name { get; init; } = string.Empty;
}

internal sealed class Unmarked
{
    public string Name { get; set; } = string.Empty;
}

internal sealed class LetterException(string message) : Exception(message);
