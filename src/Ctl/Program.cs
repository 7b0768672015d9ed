using Exports.Ctl;

return await CtlCommand.InvokeAsync(args, Console.Out, Console.Error);
