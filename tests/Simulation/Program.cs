using System.Globalization;
using ReadOnlyGuard.Simulation;

const int Processes = 10_000, Seed = 1;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

foreach (var seconds in new[] { 1, 10, 60 })
{
    Console.WriteLine($"| outage of {seconds} s: cap | attempts of a process | most in a second | in its last second | most in 10 ms after | half found it after | all |");
    Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
    foreach (var policy in Policy.All)
    {
        var burden = Fleet.Simulate(policy, Processes, TimeSpan.FromSeconds(seconds), Seed);
        Console.WriteLine(
            $"| {policy.Name} | {burden.AttemptsOfAProcess:0} | {burden.BusiestSecond:N0} | {burden.LastSecond:N0} | {burden.BusiestInstantAfter:N0} " +
            $"| {burden.MedianFound.TotalMilliseconds:0} ms | {burden.LastFound.TotalMilliseconds:0} ms |");
    }
    Console.WriteLine();
}
