using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>
/// What a transform works out once for each schema, such as the schema that it gives: for the sixteen that were used last.
/// Schemas are told apart by reference; converters and transforms give the same one for equal data. Used by one thread at a time.
/// </summary>
internal sealed class PerSchema<T>(Func<Schema, T> make)
{
    private const int Capacity = 16;

    private readonly List<(Schema Schema, T Made)> _newestFirst = new(Capacity);

    /// <summary>What was made for that schema, or is now.</summary>
    public T Of(Schema schema)
    {
        for (var i = 0; i < _newestFirst.Count; i++)
        {
            var entry = _newestFirst[i];
            if (!ReferenceEquals(entry.Schema, schema))
                continue;
            if (i > 0)
            {
                _newestFirst.RemoveAt(i);
                _newestFirst.Insert(0, entry);
            }
            return entry.Made;
        }

        var made = make(schema);
        if (_newestFirst.Count == Capacity)
            _newestFirst.RemoveAt(Capacity - 1);
        _newestFirst.Insert(0, (schema, made));
        return made;
    }
}
