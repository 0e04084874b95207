"""When directed reviewing goes on by itself, and when it has read enough."""

from ideation.entities.review_plans import PlanProgress, PlanReason, ReviewPlan, ReviewPlanOut
from scoring.directed import CurvePoint, Verdict, verdict

# The next batch is asked for while the last slow reviews are still open, so that nobody waits for one reviewer.
_OPEN_SHARE = 0.5
_REASONS = {
    "target reached": PlanReason.TARGET_REACHED,
    "budget spent": PlanReason.BUDGET_SPENT,
    "go on": PlanReason.GOING_ON,
}


def judge(plan: ReviewPlan, progress: PlanProgress) -> Verdict:
    """Stop at the target or when the budget is spent; before the first ranking only the budget can stop it."""
    expected = float("inf") if progress.expected_wrong_calls is None else progress.expected_wrong_calls
    point = CurvePoint(reviews=progress.asked, expected_wrong_calls=expected)
    return verdict(point, plan.target_wrong_calls, plan.review_budget)


def next_batch_size(plan: ReviewPlan, progress: PlanProgress) -> int:
    """How many further reviews to ask for now; 0 when it is enough, or while too many are open."""
    if progress.expected_wrong_calls is None or judge(plan, progress).stop:
        return 0
    if progress.open > _OPEN_SHARE * plan.batch_size:
        return 0
    return min(plan.batch_size, plan.review_budget - progress.asked)


def plan_out(plan: ReviewPlan, progress: PlanProgress) -> ReviewPlanOut:
    """The plan as people see it."""
    found = judge(plan, progress)
    reason = _REASONS[found.reason]
    return ReviewPlanOut(
        target_wrong_calls=plan.target_wrong_calls,
        review_budget=plan.review_budget,
        batch_size=plan.batch_size,
        set_by=plan.set_by,
        set_by_name=plan.set_by_name,
        set_at=plan.set_at,
        asked=progress.asked,
        open=progress.open,
        expected_wrong_calls=progress.expected_wrong_calls,
        stopped=found.stop,
        reason=reason,
        why=_in_words(plan, progress, reason),
    )


def _in_words(plan: ReviewPlan, progress: PlanProgress, reason: PlanReason) -> str:
    target = f"the target is {plan.target_wrong_calls:g}"
    if progress.expected_wrong_calls is None:
        known = f"Nothing can be said before the first review is sent; {target}"
    else:
        known = f"{progress.expected_wrong_calls:.1f} wrong calls are to be expected; {target}"
    if reason is PlanReason.TARGET_REACHED:
        return f"{known}, so no further review is asked for."
    reviews = f"{progress.asked} of {plan.review_budget} reviews were asked for"
    ends = reason is PlanReason.BUDGET_SPENT
    return f"{known}. {reviews}, so it ends here." if ends else f"{known}. {reviews}, and it goes on."
