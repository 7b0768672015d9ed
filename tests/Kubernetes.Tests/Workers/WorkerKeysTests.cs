using System.Net;
using Exports.Silo;
using Exports.Silo.Configuration;
using Exports.Silo.Start;

namespace Exports.Kubernetes.Tests.Workers;

/// <summary>Manifests say of a worker what is true of it.</summary>
public sealed class WorkerKeysTests
{
    private static readonly HashSet<string> s_cluster = [.. WorkerKeys.All.Select(key => key.Name).Where(key => key == WorkerKeys.ClusterRedis || WorkerKeys.NeededBy(key) == WorkerKeys.ClusterRedis).Select(Variable)];

    /// <summary>Where values of connectors' configurations come from; a folder that must be there when a worker starts.</summary>
    internal const string SecretsPath = "config.providers.secret.param.allowed.paths";

    /// <summary>Variables for a worker that is alone.</summary>
    internal static Dictionary<string, string> WithoutCluster(IReadOnlyDictionary<string, string> variables)
        => variables.Where(variable => !s_cluster.Contains(variable.Key)).ToDictionary();

    [Theory]
    [MemberData(nameof(Rendered.WithWorker), MemberType = typeof(Rendered))]
    public async Task A_worker_knows_every_key_that_it_is_given_and_takes_its_value(string folder)
    {
        var config = await ConfigOfAsync(await Rendered.OfAsync(folder));

        Assert.Contains("CONNECT_BOOTSTRAP_SERVERS", config.FromEnvironment);
        // The image names a folder for a worker that is alone.
        Assert.Equal(config.Cluster is null ? [] : [WorkerKeys.DataDir], config.NotNeeded);
        Assert.Empty(config.Warnings);
    }

    [Theory]
    [MemberData(nameof(Rendered.WithWorker), MemberType = typeof(Rendered))]
    public async Task A_pod_has_more_time_to_end_than_a_worker_takes(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var bound = WorkerHost.ShutdownTimeout(await ConfigOfAsync(rendered)).TotalSeconds;
        var before = rendered.WorkerContainer.Number("lifecycle/preStop/sleep/seconds");
        var grace = rendered.Worker.Pod!.Number("spec/terminationGracePeriodSeconds");

        Assert.True(grace >= before + bound + 10, $"{grace} s; preStop takes {before} s, the worker up to {bound} s, and 10 s are for the unexpected");
    }

    [Theory]
    [MemberData(nameof(Rendered.WithWorker), MemberType = typeof(Rendered))]
    public async Task Ports_and_folders_are_the_workers(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var config = await ConfigOfAsync(rendered);
        var container = rendered.WorkerContainer;
        var ports = container.List("ports").ToDictionary(port => port.Text("name")!, port => port.Number("containerPort"));

        var listener = Assert.Single(config.Listeners);
        Assert.True(listener.IsAny, "other pods reach it");
        Assert.Equal(listener.Port, ports["rest"]);
        Assert.Equal(listener.Port, Assert.Single(rendered.Find("Service", "exports").List("spec/ports")).Number("port"));
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            Assert.Equal("rest", container.Text($"{probe}/httpGet/port"));
        var mounts = container.List("volumeMounts").Where(mount => mount.Text("readOnly") != "true").Select(mount => mount.Text("mountPath")).ToHashSet();
        Assert.True(mounts.SetEquals([config.DataDir, "/tmp"]), string.Join(", ", mounts));
        var secrets = rendered.Variables(container)[Variable(SecretsPath)];
        Assert.Contains(container.List("volumeMounts"), mount => mount.Text("mountPath") == secrets && mount.Text("readOnly") == "true");

        foreach (var policy in rendered.OfKind("NetworkPolicy").Where(policy => policy.Selects("spec/podSelector/matchLabels", rendered.Worker.Pod!)))
        {
            var rules = policy.List("spec/ingress");
            Assert.Equal([ports["rest"]], PortsOf(rules[0]));
            // From worker to worker alone, and out of one what comes into another.
            Assert.Equal(int.Parse(WorkerKeys.Find(WorkerKeys.ClusterPort)!.Definition.Default!), ports["silo"]);
            Assert.Equal([ports["silo"]], PortsOf(rules[1]));
            Assert.True(Assert.Single(rules[1].List("from")).Selects("podSelector/matchLabels", rendered.Worker.Pod!));
            Assert.Equal(rendered.Api is null ? 2 : 3, rules.Count);
            var outgoing = Assert.Single(policy.List("spec/egress"), rule => PortsOf(rule).Contains(ports["silo"]));
            Assert.Equal(PortsOf(rules[1]), PortsOf(outgoing));
            Assert.True(Assert.Single(outgoing.List("to")).Selects("podSelector/matchLabels", rendered.Worker.Pod!));

            var redis = rendered.Find("StatefulSet", "exports-redis").Pod!;
            var redisRule = Assert.Single(rendered.Find("NetworkPolicy", "exports-redis").List("spec/ingress"));
            var mayAsk = redisRule.List("from");
            Assert.True(mayAsk[0].Selects("podSelector/matchLabels", rendered.Worker.Pod!));
            Assert.Equal(rendered.Api is null ? 1 : 2, mayAsk.Count);
            Assert.Equal([Assert.Single(redis.Containers.Single().List("ports")).Number("containerPort")], PortsOf(redisRule));
            Assert.Contains(policy.List("spec/egress"), rule =>
                rule.List("to").Any(to => to.Selects("podSelector/matchLabels", redis)) && PortsOf(rule).SequenceEqual(PortsOf(redisRule)));

            var brokers = config.BootstrapServers.Select(server => int.Parse(server.Split(':')[1]));
            Assert.All(brokers, port => Assert.Contains(policy.List("spec/egress").SelectMany(rule => rule.List("ports")), allowed =>
                allowed.Number("port") <= port && port <= Math.Max(allowed.Number("port"), allowed.Number("endPort"))));
        }
    }

    [Fact]
    public async Task Those_that_only_answer_reach_the_workers_and_their_Redis_and_ask_what_the_workers_would()
    {
        var rendered = await Rendered.OfAsync("overlays/production-api");
        var api = rendered.Api!.Pod!;
        var container = api.Containers.Single();
        var variables = rendered.Variables(container);
        var workers = rendered.Variables(rendered.WorkerContainer);
        var ports = rendered.WorkerContainer.List("ports").ToDictionary(port => port.Text("name")!, port => port.Number("containerPort"));

        Assert.Equal("api", variables[Variable(WorkerKeys.WorkerRole)]);
        // Everything else is the workers', but for where others reach them.
        Assert.Equal(
            workers.Where(variable => variable.Key != Variable(WorkerKeys.ClusterAddress)).ToHashSet(),
            variables.Where(variable => variable.Key != Variable(WorkerKeys.WorkerRole)).ToHashSet());
        if (WorkerHost.EngineName == "Orleans")
        {
            var config = WorkerConfig.Load(null, variables, new Dictionary<string, string> { [SecretsPath] = AppContext.BaseDirectory });
            Assert.False(config.RunsConnectors);
            Assert.All(config.NotNeeded, key => Assert.True(WorkerKeys.IsForConnectors(key), key));
            Assert.Empty(config.Warnings);
        }

        Assert.Equal(rendered.WorkerContainer.Text("image"), container.Text("image"));
        Assert.Equal(int.Parse(WorkerKeys.Find(WorkerKeys.ClusterGatewayPort)!.Definition.Default!), ports["gateway"]);
        var port = Assert.Single(container.List("ports"));
        Assert.Equal(("rest", ports["rest"]), (port.Text("name"), port.Number("containerPort")));
        Assert.Equal(rendered.Worker.Pod!.Number("spec/terminationGracePeriodSeconds"), api.Number("spec/terminationGracePeriodSeconds"));
        Assert.All(api.List("spec/topologySpreadConstraints"), constraint => Assert.True(constraint.Selects("labelSelector/matchLabels", api)));
        Assert.Equal(workers[Variable(SecretsPath)], Assert.Single(container.List("volumeMounts"), mount => mount.Text("readOnly") == "true").Text("mountPath"));

        // What it may reach is what lets it in.
        var into = Assert.Single(rendered.Find("NetworkPolicy", "exports").List("spec/ingress"), rule => PortsOf(rule).Contains(ports["gateway"]));
        Assert.True(Assert.Single(into.List("from")).Selects("podSelector/matchLabels", api));
        var policy = rendered.Find("NetworkPolicy", "exports-api");
        Assert.True(policy.Selects("spec/podSelector/matchLabels", api));
        Assert.Equal([ports["rest"]], PortsOf(Assert.Single(policy.List("spec/ingress"))));
        var outgoing = policy.List("spec/egress");
        Assert.True(Assert.Single(Assert.Single(outgoing, rule => PortsOf(rule).Contains(ports["gateway"])).List("to"))
            .Selects("podSelector/matchLabels", rendered.Worker.Pod!));
        var redis = rendered.Find("StatefulSet", "exports-redis").Pod!;
        Assert.Contains(outgoing, rule => rule.List("to").Any(to => to.Selects("podSelector/matchLabels", redis)));
        Assert.Contains(
            Assert.Single(rendered.Find("NetworkPolicy", "exports-redis").List("spec/ingress")).List("from"), from => from.Selects("podSelector/matchLabels", api));
        // Kafka and the destinations, as for a worker.
        var workersOwn = rendered.Find("NetworkPolicy", "exports").List("spec/egress").Where(rule => !rule.List("to").Any(to => to.Part("podSelector") is not null));
        Assert.All(workersOwn, rule => Assert.Contains(outgoing, allowed => System.Text.Json.Nodes.JsonNode.DeepEquals(allowed.Content, rule.Content)));
    }

    [Theory]
    [InlineData("base")]
    [InlineData("overlays/production")]
    public async Task Probes_and_Prometheus_ask_what_a_worker_with_this_configuration_answers(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        await using var worker = await RunningWorker.StartAsync(rendered.Variables(rendered.WorkerContainer));
        var container = rendered.WorkerContainer;

        Assert.Equal("/health/live", container.Text("startupProbe/httpGet/path"));
        Assert.Equal("/health/live", container.Text("livenessProbe/httpGet/path"));
        Assert.Equal("/health/ready", container.Text("readinessProbe/httpGet/path"));
        foreach (var path in new[] { "/health/live", "/health/ready" }.Concat(
            rendered.OfKind("ServiceMonitor").SelectMany(monitor => monitor.List("spec/endpoints")).Select(endpoint => endpoint.Text("path")!)))
        {
            using var response = await worker.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("overlays/production")]
    [InlineData("overlays/production-api")]
    [InlineData("overlays/production-keys")]
    public async Task Workers_for_production_are_a_cluster(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var variables = rendered.Variables(rendered.WorkerContainer);
        Assert.Contains(Variable(WorkerKeys.ClusterRedis), variables);
        if (WorkerHost.EngineName == "Orleans")
        {
            var cluster = (await ConfigOfAsync(rendered)).Cluster!;
            Assert.Equal(variables[Variable(WorkerKeys.ClusterRedis)], cluster.Redis);
            Assert.Equal(variables[Variable(WorkerKeys.ClusterAddress)], cluster.Address.ToString());
        }
    }

    [Fact]
    public async Task The_image_is_named_in_one_place_and_is_of_this_version()
    {
        var k8s = Repository.PathOf("k8s");
        var version = Worker.Version.Split('+')[0];
        foreach (var (folder, image) in new[]
        {
            ("base", $"registry.example.com/exports:{version}"),
            ("overlays/production", $"registry.example.com/exports:{version}"),
            ("overlays/production-api", $"registry.example.com/exports:{version}"),
            ("overlays/production-keys", $"registry.example.com/exports:{version}"),
            ("overlays/development", "exports:development"),
        })
        {
            Assert.Equal(image, (await Rendered.OfAsync(folder)).WorkerContainer.Text("image"));
        }

        var naming = Directory.EnumerateFiles(k8s, "*.yaml", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains($"newTag: {version}", StringComparison.Ordinal));
        Assert.Equal(Path.Combine(k8s, "base/kustomization.yaml"), Assert.Single(naming));
        Assert.Contains("image: exports\n", File.ReadAllText(Path.Combine(k8s, "base/deployment.yaml")));
    }

    private static IReadOnlyList<int> PortsOf(Manifest rule) => [.. rule.List("ports").Select(port => port.Number("port"))];

    private static async Task<WorkerConfig> ConfigOfAsync(Rendered rendered)
        => WorkerConfig.Load(null, Loadable(rendered.Variables(rendered.WorkerContainer)), new Dictionary<string, string> { [SecretsPath] = AppContext.BaseDirectory });

    private static string Variable(string key) => EnvironmentKeys.Prefix + key.Replace('.', '_').ToUpperInvariant();

    /// <summary>Under the embedded engine, which is no cluster, a worker refuses this one key.</summary>
    private static IReadOnlyDictionary<string, string> Loadable(Dictionary<string, string> variables)
        => WorkerHost.EngineName == "Orleans" ? variables : WithoutCluster(variables);
}
