using Acme.Library;
using Exports.Connectors.Sdk;
using Microsoft.Extensions.Logging;

namespace Acme.Export;

public sealed partial class AcmeSinkConnector : SinkConnector
{
    public override IReadOnlyList<string> Aliases => ["com.acme.AcmeSink"];

    public override ConfigDef Config { get; } = [new("acme.greeting", ConfigType.String,
        Greeting.Text) { Default = Greeting.Text }];

    public override SinkTask CreateTask() => new AcmeSinkTask();

    private sealed partial class AcmeSinkTask : SinkTask
    {
        public override Task StartAsync(SinkTaskContext context, CancellationToken cancellationToken)
        {
            Started(context.Logger, Greeting.Text);
            return Task.CompletedTask;
        }

        public override ValueTask PutAsync(SinkBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        [LoggerMessage(Level = LogLevel.Information, Message = "{Greeting}")]
        private static partial void Started(ILogger logger, string greeting);
    }
}
