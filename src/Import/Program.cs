using Exports.Import;

var parsed = ImportCommand.Create().Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? ImportCommand.Unusable : code;
