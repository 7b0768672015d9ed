using Exports.Silo.Start;

return await Worker.RunAsync(args);
