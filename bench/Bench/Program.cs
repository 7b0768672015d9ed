using Exports.Bench;

// 'raw' runs one loop in this process, for the measurement that has started it.
if (args is ["raw", var loop, var request])
    return RawCommand.Run(loop, request);
var parsed = BenchCommand.Create().Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : code;
