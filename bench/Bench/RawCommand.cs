using Exports.Bench.Raw;

namespace Exports.Bench;

/// <summary>
/// The child process's side: runs one raw loop over Kafka, prints what it took, and ends; or one that sends, or the receiver, until
/// the parent ends it.
/// </summary>
internal static class RawCommand
{
    public const string Batch = "batch";
    public const string Consume = "consume";
    public const string Kinesis = "kinesis";
    public const string PubSub = "pubsub";
    public const string Http = "http";
    public const string Rest = "rest";
    public const string Receiver = "receiver";

    public static int Run(string loop, string requestFile)
    {
        switch (loop)
        {
            case Batch:
                RawBatchLoop.Run(RawRequest.Load(requestFile)).Write();
                break;
            case Consume:
                RawConsumeLoop.Run(RawRequest.Load(requestFile)).Write();
                break;
            case Kinesis:
                RawKinesisLoop.Run(RawSinkRequest.Load(requestFile));
                break;
            case PubSub:
                RawPubSubLoop.Run(RawSinkRequest.Load(requestFile));
                break;
            case Http:
                RawHttpLoop.Run(RawSinkRequest.Load(requestFile));
                break;
            case Receiver:
                Sinks.Receiver.Run();
                break;
            case Rest:
                Exports.Bench.Rest.RawRestServer.Run(requestFile);
                break;
            default:
                throw new ArgumentException($"There is no loop '{loop}'.", nameof(loop));
        }

        return 0;
    }
}
