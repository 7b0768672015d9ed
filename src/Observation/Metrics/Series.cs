using System.Diagnostics.Metrics;
using System.Globalization;

namespace Exports.Observation;

/// <summary>Makes the functions that read a family's time series.</summary>
internal static class Series
{
    public static Func<MetricsSnapshot, IEnumerable<Measurement<double>>> OfWorker(
        Func<MetricsSnapshot, double?> value, params KeyValuePair<string, object?>[] labels)
        => snapshot => value(snapshot) is { } known ? [new(known, labels)] : [];

    public static Func<MetricsSnapshot, IEnumerable<Measurement<double>>> OfConnectors(Func<ConnectorReading, double?> value)
        => snapshot =>
            from connector in snapshot.Connectors
            let known = value(connector.Reading)
            where known is not null
            select new Measurement<double>(known.Value, Label("connector", connector.Reading.Name));

    /// <summary>One series with value 1 for each text; the text is a label.</summary>
    public static Func<MetricsSnapshot, IEnumerable<Measurement<double>>> InfoOfConnectors(string label, Func<ConnectorReading, string?> text)
        => snapshot =>
            from connector in snapshot.Connectors
            let known = text(connector.Reading)
            where known is not null
            select new Measurement<double>(1, Label("connector", connector.Reading.Name), Label(label, known));

    public static Func<MetricsSnapshot, IEnumerable<Measurement<double>>> OfTasks(Func<TaskReading, double?> value)
        => OfTasks((_, task) => value(task));

    public static Func<MetricsSnapshot, IEnumerable<Measurement<double>>> OfTasks(Func<TaskEntry, TaskReading, double?> value)
        => snapshot =>
            from connector in snapshot.Connectors
            from task in connector.Entry.Tasks
            where task.Latest is not null
            let known = value(task, task.Latest!)
            where known is not null
            select new Measurement<double>(known.Value, Label("connector", connector.Reading.Name), Task(task.Number));

    /// <summary>Several series of each task, told apart by one more label.</summary>
    public static Func<MetricsSnapshot, IEnumerable<Measurement<double>>> OfTasks(
        string label, Func<TaskReading, IEnumerable<(string Text, double Value)>> values)
        => snapshot =>
            from connector in snapshot.Connectors
            from task in connector.Reading.Tasks
            from value in values(task)
            select new Measurement<double>(
                value.Value, Label("connector", connector.Reading.Name), Task(task.State.Number), Label(label, value.Text));

    public static Func<MetricsSnapshot, IEnumerable<Measurement<double>>> OfPartitions(Func<PartitionReading, double?> value)
        => snapshot =>
            from connector in snapshot.Connectors
            from task in connector.Reading.Tasks
            from partition in task.Partitions
            let known = value(partition)
            where known is not null
            select new Measurement<double>(
                known.Value, Label("connector", connector.Reading.Name), Task(task.State.Number), Label("topic", partition.Topic),
                Label("partition", Text(partition.Partition)));

    public static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    public static KeyValuePair<string, object?> Task(int number) => new("task", Text(number));

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
