using System.Text;
using Exports.Connectors.Sdk;

namespace Exports.Connectors.PubSub;

/// <summary>
/// Turns records into messages (<see cref="PublishMessage"/>). Records that are bytes or text cost no object. For one thread at
/// a time.
/// </summary>
internal sealed class MessageEncoder
{
    /// <summary>The largest request in bytes, and so the largest message with its topic.</summary>
    public const int LargestRequest = 10_000_000;

    private const int LongestShownName = 64;

    private readonly PubSubSinkConfig _config;
    private readonly ByteArena _arena = new();
    private readonly AttributeList _attributes = new();
    private readonly ValueText _key = new();
    private readonly ValueText _name = new();
    private readonly ValueText _text = new();
    private readonly BodyEncoder _body;

    public MessageEncoder(PubSubSinkConfig config)
    {
        _config = config;
        _body = new(config, _arena, Add);
        var topic = Encoding.UTF8.GetBytes(config.Topic.Resource);
        var field = new byte[Protobuf.FieldSize(topic.Length)];
        Protobuf.WriteField(field, PublishMessage.TopicField, topic);
        TopicField = field;
    }

    /// <summary>The field of a request that names the topic.</summary>
    public ReadOnlyMemory<byte> TopicField { get; }

    /// <summary>Replaces a record by its message.</summary>
    /// <returns>The message's size within a request, and a hash of its ordering key.</returns>
    /// <exception cref="DataException">Pub/Sub cannot hold the record.</exception>
    public RequestItem Encode(ref SinkRecord record)
    {
        _attributes.Clear();
        var body = _body.Encode(record.Value);
        var key = record.Key.IsNull ? default : _key.Of(record.Key);
        if (!record.Key.IsNull && _attributes.Add("key"u8, key) is { } reason)
            throw new DataException($"The record's key cannot be the attribute 'key' of a Pub/Sub message: {reason}.");
        if (_config.PublishesMetadata)
            AddMetadata(record);
        if (_config.PublishesHeaders)
            AddHeaders(record.Headers);
        if (body.IsEmpty && _attributes.Count == 0)
        {
            throw new DataException(
                "The record has neither a key nor a value, and Pub/Sub takes no message without data and attributes. "
                + $"{PubSubKeys.PublishMetadata}=true gives every message attributes.");
        }

        var orderingKey = OrderingKeyOf(record, key);
        var rest = Rest(orderingKey);
        record = record with
        {
            Key = ConnectValue.FromBytes(rest),
            Value = ConnectValue.FromBytes(body),
            Headers = [],
        };
        var size = PublishMessage.SizeInRequest(record);
        return size + TopicField.Length <= LargestRequest
            ? new(size, orderingKey.IsEmpty ? null : Hash(orderingKey))
            : throw new DataException(
                $"The message would have {size} bytes. A request to Pub/Sub has at most {LargestRequest}, its topic included.");
    }

    // An ordering key may be as long as an attribute's value, and the key is an attribute as well.
    private ReadOnlySpan<byte> OrderingKeyOf(in SinkRecord record, ReadOnlySpan<byte> key) => _config.OrderingKey switch
    {
        OrderingKeySource.Partition => _key.OfNumber(record.Partition),
        OrderingKeySource.Key => key,
        _ => default,
    };

    private ReadOnlyMemory<byte> Rest(ReadOnlySpan<byte> orderingKey)
    {
        var rest = _arena.Allocate(_attributes.EncodedSize + (orderingKey.IsEmpty ? 0 : Protobuf.FieldSize(orderingKey.Length)));
        var target = rest.Span;
        if (!orderingKey.IsEmpty)
            target = target[Protobuf.WriteField(target, PublishMessage.OrderingKeyField, orderingKey)..];
        _attributes.Encode(target);
        return rest;
    }

    private void AddMetadata(in SinkRecord record)
    {
        Add("topic", "kafka.topic"u8, _text.OfString(record.Topic));
        Add("partition", "kafka.partition"u8, _text.OfNumber(record.Partition));
        Add("offset", "kafka.offset"u8, _text.OfNumber(record.Offset));
        if (record.TimestampType != TimestampType.None)
            Add("timestamp", "kafka.timestamp"u8, _text.OfNumber(record.Timestamp));
    }

    private void AddHeaders(IReadOnlyList<Header> headers)
    {
        var skipped = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            var name = _name.OfString(header.Key);
            if (!_config.SkipsUnfitHeaders)
                Add("header", name, _text.Of(header.Value));
            // One attribute is kept free for the number of those that were left out.
            else if (_attributes.Count >= AttributeList.MostAttributes - 1 || _attributes.Add(name, _text.Of(header.Value)) is not null)
                skipped++;
        }

        if (skipped > 0)
            Add("number of headers", "kafka.headers.skipped"u8, _text.OfNumber(skipped));
    }

    private void Add(string what, string name, in ConnectValue value) => Add(what, _name.OfString(name), _text.Of(value));

    private void Add(string what, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_attributes.Add(name, value) is not { } reason)
            return;
        var shown = Encoding.UTF8.GetString(name[..Math.Min(name.Length, LongestShownName)]);
        throw new DataException($"The {what} '{shown}' cannot be an attribute of a Pub/Sub message: {reason}."
            + (what == "header" ? $" {PubSubKeys.UnfitHeaders}={PubSubKeys.Skip} leaves such headers out." : ""));
    }

    // FNV-1a. Keys whose hashes are equal by chance are told apart when they meet in one request.
    private static long Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var b in bytes)
            hash = (hash ^ b) * 0x100000001b3UL;
        return (long)hash;
    }
}
