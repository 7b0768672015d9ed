using System.CommandLine;
using Exports.Demo.Commands;

var root = new RootCommand("Exports: the demo, and its embedded Kafka.") { DemoCommand.Create(), BrokerCommand.Create() };
var parsed = root.Parse(args);
// Signals are for the commands: each stops in its own way.
var code = await parsed.InvokeAsync(new() { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? 2 : code;
