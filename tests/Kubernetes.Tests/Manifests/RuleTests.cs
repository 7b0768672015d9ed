using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Exports.Kubernetes.Tests.Manifests;

/// <summary>prometheus-operator gets the rules that Prometheus gets.</summary>
public sealed partial class RuleTests
{
    [Fact]
    public async Task The_rules_are_those_of_deploy()
    {
        var rule = Assert.Single((await Rendered.OfAsync("overlays/production")).OfKind("PrometheusRule"));
        var alerts = Yaml.Parse(File.ReadAllText(Repository.PathOf("deploy/prometheus/alerts.yml"))).Single();

        Assert.True(
            JsonNode.DeepEquals(alerts, rule.Part("spec")!.Content),
            "k8s/components/monitoring/prometheus-rule.yaml differs from deploy/prometheus/alerts.yml; its first lines tell how to make it anew");
    }

    [Fact]
    public async Task Workers_are_scraped_under_the_job_that_the_rules_look_for()
    {
        var rendered = await Rendered.OfAsync("overlays/production");
        var rules = Assert.Single(rendered.OfKind("PrometheusRule")).Part("spec")!.Content.ToJsonString();
        var job = Job().Match(rules);
        Assert.True(job.Success, "a rule names the job");
        // Without 'jobLabel' it is the Service's name.
        Assert.Null(Assert.Single(rendered.OfKind("ServiceMonitor")).Text("spec/jobLabel"));
        Assert.Matches($"^{job.Groups[1].Value}$", rendered.Find("Service", "exports").Name);
    }

    [GeneratedRegex("""job=~\\u0022(.*?)\\u0022""")]
    private static partial Regex Job();
}
