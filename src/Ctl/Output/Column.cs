using Spectre.Console;
using Spectre.Console.Rendering;

namespace Exports.Ctl.Output;

/// <summary>A column of a table.</summary>
/// <param name="Heading">What stands above it.</param>
/// <param name="Text">A row's text; null where there is nothing to tell.</param>
/// <param name="IsNumber">Whether it is aligned to the right.</param>
/// <param name="IsState">Whether its words have colours.</param>
/// <param name="IsLong">Whether it may break into several lines.</param>
internal sealed record Column<T>(string Heading, Func<T, string?> Text, bool IsNumber = false, bool IsState = false, bool IsLong = false)
{
    /// <summary>A table. Columns in which no row has anything are left out.</summary>
    public static IRenderable Table(IReadOnlyCollection<T> rows, params IReadOnlyList<Column<T>> columns)
    {
        var table = new Table().NoBorder().Collapse();
        var cells = columns.Select(column => rows.Select(column.Text).ToList()).ToList();
        var shown = Enumerable.Range(0, columns.Count).Where(i => rows.Count == 0 || cells[i].Any(cell => !string.IsNullOrEmpty(cell))).ToList();
        foreach (var i in shown)
        {
            var column = new TableColumn(new Text(columns[i].Heading, new Style(decoration: Decoration.Bold)));
            column.Alignment = columns[i].IsNumber ? Justify.Right : Justify.Left;
            column.NoWrap = !columns[i].IsLong;
            column.Padding = new Padding(0, 0, i == shown[^1] ? 0 : 2, 0);
            table.AddColumn(column);
        }

        for (var row = 0; row < rows.Count; row++)
        {
            table.AddRow(shown.Select(i =>
            {
                var text = Units.Safe(cells[i][row] ?? "");
                return (IRenderable)new Text(text, columns[i].IsState ? States.StyleOf(text) : Style.Plain);
            }));
        }

        return table;
    }
}
